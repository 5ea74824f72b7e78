"""What foretelling needs: the duties that stand, which of them wait for TPGateway alone, and how much waits too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import (
    CLOSED,
    LANE_ID,
    WAITING_FOR_A_PERSON,
    Obligation,
    ObligationKey,
    ObligationRun,
    SyncJob,
    SyncLane,
    SyncRecord,
)
from services.tpg_sync.models.obligation_facts import RunFacts
from services.tpg_sync.models.obligation_kinds import BY_TPGATEWAY
from services.tpg_sync.policy import Case, Timing, end_of_day
from services.tpg_sync.policy.simulating import Supposed
from services.tpg_sync.queries.obligations import of_staff, stands

_OF_RUN: Final = frozenset({ObligationKey.RUN_PUBLISH, ObligationKey.SESSIONS_SUBMIT})
_OF_SESSIONS: Final = frozenset({ObligationKey.SESSIONS_SUBMIT, ObligationKey.ATTENDANCE_SUBMIT})
_PART_OF: Final = {
    ObligationKey.FEE_STATUS_UPDATE: RecordType.FEE,
    ObligationKey.ATTENDANCE_SUBMIT: RecordType.ATTENDANCE,
    ObligationKey.ASSESSMENT_SUBMIT: RecordType.ASSESSMENT,
}
COLUMNS: Final = (
    *(Obligation.id, Obligation.key, Obligation.run_id, Obligation.subject_id, Obligation.trigger_at),
    *(Obligation.anchor_at, Obligation.money_cents, Obligation.handed_over, Obligation.style, Obligation.target_at),
    *(Obligation.due_at, Obligation.amber_at, Obligation.red_at, Obligation.satisfied_at, Obligation.floor),
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many jobs wait for their turn, and the most tries one of them has used."""

    jobs: int
    attempts: int


@dataclass(slots=True)
class Stuck:
    """What cannot leave before a person has decided something, by what it hangs on."""

    everything: bool = False
    """The lane is held."""
    runs: set[UUID] = field(default_factory=set)
    """A word about the run is refused or dead."""
    runs_absent: set[UUID] = field(default_factory=set)
    """And TPGateway does not have the run: nothing on it can go."""
    enrolments: set[tuple[RecordType, UUID]] = field(default_factory=set)
    """Enrolments of which the enrolment itself, its fee, a mark or a result is refused or dead."""

    def holds(self, key: ObligationKey, run_id: UUID, subject_id: UUID) -> bool:
        if self.everything or run_id in self.runs_absent:
            return True
        if key in _OF_RUN:
            return run_id in self.runs
        own = RecordType.ENROLMENT, subject_id
        part = _PART_OF.get(key)
        return own in self.enrolments or (part is not None and (part, subject_id) in self.enrolments)


@dataclass(frozen=True, slots=True)
class Door:
    """Until when TPGateway takes what waits of one run: a new run, or sessions that were added to it."""

    new: bool
    until: datetime | None

    def of(self, key: ObligationKey) -> datetime | None:
        """A run that is refused keeps all that is on it waiting; refused sessions, what hangs on sessions."""
        return self.until if self.new or key in _OF_SESSIONS else None


async def standing_duties(uow: UnitOfWork, *, staff: UUID | None = None) -> Sequence[Supposed]:
    """Everything that stands; plain rows, for there may be many."""
    stuck, doors = await _stuck(uow), await _doors(uow)
    query = select(*(col(one) for one in COLUMNS)).where(stands())
    if staff is not None:
        query = query.where(of_staff(staff))
    return [
        Supposed(
            id=one.id,
            key=one.key,
            run_id=one.run_id,
            subject_id=one.subject_id,
            trigger_at=one.trigger_at,
            anchor_at=one.anchor_at,
            money_cents=one.money_cents,
            case=Case(
                style=one.style,
                timing=Timing(one.target_at, one.due_at, one.amber_at, one.red_at),
                satisfied_at=one.satisfied_at,
                floor=one.floor,
            ),
            on_its_way=one.handed_over
            and one.key in BY_TPGATEWAY
            and not stuck.holds(one.key, one.run_id, one.subject_id),
            taken_until=doors[one.run_id].of(one.key) if one.run_id in doors else None,
        )
        for one in (await uow.session.execute(query)).all()
    ]


async def _doors(uow: UnitOfWork) -> dict[UUID, Door]:
    """Of the runs of which TPGateway still lacks something that is handed over."""
    keys = col(Obligation.key).in_(_OF_RUN), col(Obligation.handed_over), col(Obligation.satisfied_at).is_(None)
    lacking = select(col(Obligation.run_id)).where(stands(), *keys)
    query = select(ObligationRun).where(col(ObligationRun.run_id).in_(lacking))
    return {
        row.run_id: _door(RunFacts.model_validate(row.facts)) for row in (await uow.session.execute(query)).scalars()
    }


def _door(run: RunFacts) -> Door:
    """A new run is taken until the day after its registration opens, a new session until it is over."""
    new = run.there_since is None
    ends = [session.end_at for session_id, session in run.sessions.items() if new or session_id not in run.named]
    opening = [end_of_day(run.opens_on)] if new and run.opens_on is not None else []
    return Door(new, min([*ends, *opening], default=None))


async def backlog(uow: UnitOfWork) -> Backlog:
    """What waits now."""
    waiting = col(SyncJob.state).not_in(CLOSED | WAITING_FOR_A_PERSON)
    query = select(func.count(), func.coalesce(func.max(col(SyncJob.attempt)), 0)).where(waiting)
    jobs, attempts = (await uow.session.execute(query)).one()
    return Backlog(int(jobs), int(attempts))


async def _stuck(uow: UnitOfWork) -> Stuck:
    lane = await uow.get(SyncLane, LANE_ID)
    found = Stuck(everything=lane.held_cause is not None)
    same = (col(SyncRecord.record_type) == col(SyncJob.record_type)) & (
        col(SyncRecord.record_id) == col(SyncJob.record_id)
    )
    query = (
        select(SyncRecord)
        .join(SyncJob, same)
        .where(col(SyncJob.state).in_(WAITING_FOR_A_PERSON), col(SyncRecord.foreign).is_(False))
    )
    for record in (await uow.session.execute(query)).scalars():
        _note(found, record)
    return found


def _note(stuck: Stuck, record: SyncRecord) -> None:
    match record.record_type:
        case RecordType.RUN:
            stuck.runs.add(record.record_id)
            if record.remote_id is None:
                stuck.runs_absent.add(record.record_id)
        case RecordType.ENROLMENT:
            if record.remote_id is None:
                stuck.enrolments.add((RecordType.ENROLMENT, record.record_id))
        case RecordType.FEE:
            stuck.enrolments.add((RecordType.FEE, record.record_id))
        case _ if record.enrolment_id is not None:
            stuck.enrolments.add((RecordType(record.record_type), record.enrolment_id))
