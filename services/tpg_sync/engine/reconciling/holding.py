"""Gathers all that we hold of one run: our rows, the owners' word of today, and what was acknowledged last."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import and_, or_, select
from sqlmodel import col

from libs.contracts.submissions import AssessmentSubmission, AttendanceSubmission, EnrolmentSubmission, RunSubmission
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Erased, Unsealable, Vault
from services.tpg_sync.client.claims.assessment import AssessmentClaim
from services.tpg_sync.client.claims.attendance import AttendanceClaim
from services.tpg_sync.client.claims.claim import OwnerAway, OwnerErased, OwnerUnaware, ask
from services.tpg_sync.client.claims.registry import CLAIMS
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.engine import payload
from services.tpg_sync.engine.reconciling.scene import Held, Ours
from services.tpg_sync.engine.reconciling.turnstile import Stopped
from services.tpg_sync.models import UNSENT, JobState, RecordKey, RunCalendar, SyncJob, SyncRecord
from services.tpg_sync.queries.waiting import CALL_OUT

AT_ONCE: Final = 8
"""Owners are asked for so many records at a time."""
B = TypeVar("B", bound=BaseModel)
Mark = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A run's rows at one moment, which of them may be judged, and a mark of each to tell later whether it moved."""

    records: Mapping[RecordKey, SyncRecord]
    unsettled: Collection[RecordKey]
    calendar: RunCalendar | None

    def mark_of(self, key: RecordKey) -> Mark:
        return mark_of(self.records[key])


def mark_of(record: SyncRecord) -> Mark:
    """What changes when anything is owed, sent, acknowledged or named."""
    return (record.last_ordinal, record.acked_revision, record.acked_at, record.remote_id, record.acked_hash)


async def standing(uow: UnitOfWork, run_id: UUID) -> Standing:
    """The run and everything that hangs on it. What is on its way, or of unknown end, is unsettled."""
    own = and_(col(SyncRecord.record_type) == RecordType.RUN, col(SyncRecord.record_id) == run_id)
    wanted = select(SyncRecord).where(or_(own, col(SyncRecord.run_id) == run_id), ~col(SyncRecord.foreign))
    statement = wanted.execution_options(populate_existing=True)
    records = {record.key: record for record in (await uow.session.execute(statement)).scalars()}
    busy = select(col(SyncJob.record_type), col(SyncJob.record_id)).where(
        col(SyncJob.record_id).in_({record_id for _, record_id in records}),
        col(SyncJob.state).in_(UNSENT | frozenset(JobState(state) for state in CALL_OUT)),
    )
    unsettled = {(RecordType(kind), record_id) for kind, record_id in (await uow.session.execute(busy)).all()}
    return Standing(records, unsettled, await uow.find(RunCalendar, run_id))


async def taken(uow: UnitOfWork, run_id: UUID, names: Collection[str]) -> set[str]:
    """Which of these names at TPGateway belong to records of ours elsewhere than on this run."""
    if not names:
        return set()
    statement = select(col(SyncRecord.remote_id)).where(
        col(SyncRecord.remote_id).in_(names),
        ~col(SyncRecord.foreign),
        or_(col(SyncRecord.run_id).is_distinct_from(run_id)),
        col(SyncRecord.record_type) != RecordType.RUN,
    )
    return {name for name in (await uow.session.execute(statement)).scalars() if name}


class Holdings:
    """Asks owners, and opens what was acknowledged. Everything here is personal data, kept for one judgement."""

    def __init__(self, units: UnitsOfWork, owners: Owners, vault: Vault, *, too_young: datetime) -> None:
        self._units = units
        self._owners = owners
        self._vault = vault
        self._too_young = too_young
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._people: PersonalVault | None = None
        self._erased: set[RecordKey] = set()

    async def gather(self, run_id: UUID) -> tuple[Ours, Standing]:
        """Raises Stopped when an owner is away, or the run was never owed."""
        async with self._units.reading() as uow:
            at = await standing(uow, run_id)
            self._people = payload.people_of(self._vault, uow)
            await self._people.hold_for(record.acked_enc for record in at.records.values())
        key = (RecordType.RUN, run_id)
        if key not in at.records:
            raise Stopped("never_submitted")
        run = await self._ask("course", "run", run_id, RunSubmission)
        if run is None:
            raise Stopped("unknown_to_owner")
        places = await self._all("enrolment", RecordType.ENROLMENT, at, EnrolmentSubmission)
        marks = await self._all("attendance", RecordType.ATTENDANCE, at, AttendanceSubmission)
        results = await self._all("assessment", RecordType.ASSESSMENT, at, AssessmentSubmission)
        ours = Ours(
            run=self._held(at, key, run, RunSubmission),
            calendar=at.calendar,
            enrolments=[
                self._held(at, (RecordType.ENROLMENT, one), claim, EnrolmentSubmission) for one, claim in _known(places)
            ],
            fees={
                one: self._held(at, (RecordType.FEE, one), claim, EnrolmentSubmission)
                for one, claim in _known(places)
                if (RecordType.FEE, one) in at.records
            },
            marks=self._marks(at, _known(marks), dict(_known(places))),
            results=self._results(at, _known(results), dict(_known(places))),
            forgotten=self._names_of_erased(at),
            unheard=self._unheard(places, marks, results),
        )
        return ours, at

    def _marks(
        self,
        at: Standing,
        marks: Iterable[tuple[UUID, AttendanceSubmission]],
        places: Mapping[UUID, EnrolmentSubmission],
    ) -> list[Held[AttendanceClaim]]:
        """The person is enrolment's to tell, and was asked already; of one we know nobody of, nothing can be said."""
        held = []
        for one, mark in marks:
            place = places.get(mark.enrolment_id)
            if place is None:
                continue
            mode = None if at.calendar is None else at.calendar.mode_of(mark.session_id)
            claim = AttendanceClaim(
                attendance=mark, trainee=place.trainee, course_reference=place.course_reference, mode_of_training=mode
            )
            held.append(self._held(at, (RecordType.ATTENDANCE, one), claim, AttendanceClaim))
        return held

    def _results(
        self,
        at: Standing,
        results: Iterable[tuple[UUID, AssessmentSubmission]],
        places: Mapping[UUID, EnrolmentSubmission],
    ) -> list[Held[AssessmentClaim]]:
        claims = [
            (one, AssessmentClaim(assessment=result, trainee=places[result.enrolment_id].trainee))
            for one, result in results
            if result.enrolment_id in places
        ]
        return [self._held(at, (RecordType.ASSESSMENT, one), claim, AssessmentClaim) for one, claim in claims]

    def _unheard(self, *answers: Mapping[UUID, BaseModel | None]) -> bool:
        """Whether an owner could not tell of a record; who is erased is another matter."""
        erased = {record_id for _, record_id in self._erased}
        return any(claim is None and one not in erased for of_type in answers for one, claim in of_type.items())

    def _names_of_erased(self, at: Standing) -> frozenset[str]:
        """What TPGateway calls, or called, the places of people who are erased, and what hangs on those."""
        gone = {record_id for _, record_id in self._erased}
        theirs = [one for one in at.records.values() if one.record_id in gone or one.enrolment_id in gone]
        return frozenset(name for one in theirs for name in (one.remote_id, *one.former_ids) if name)

    async def _all(self, owner: str, record_type: RecordType, at: Standing, model: type[B]) -> dict[UUID, B | None]:
        """Every record of a type; None where the owner knows of none."""
        ids = [record_id for kind, record_id in at.records if kind is record_type]
        claims = await asyncio.gather(*(self._ask(owner, record_type.value, one, model) for one in ids))
        return dict(zip(ids, claims, strict=True))

    async def _ask(self, owner: str, kind: str, record_id: UUID, model: type[B]) -> B | None:
        async with self._turn:
            claim = await ask(self._owners, owner, kind, record_id, model)
        if isinstance(claim, OwnerAway):
            raise Stopped(claim.code)
        if isinstance(claim, OwnerErased):
            self._erased.add((RecordType(kind), record_id))
        return None if isinstance(claim, OwnerUnaware) else claim

    def _held(self, at: Standing, key: RecordKey, claim: B, model: type[B]) -> Held[B]:
        """Not settled either while it may be invisible to reads, or while its owner is behind what was sent."""
        record = at.records[key]
        young = record.acked_at is not None and record.acked_at > self._too_young
        behind = (record.acked_revision or 0) > CLAIMS[key[0]].revision(claim)
        settled = key not in at.unsettled and not young and not behind
        return Held(record, claim, self._acked(record, model), settled)

    def _acked(self, record: SyncRecord, model: type[B]) -> B | None:
        if record.acked_enc is None or self._people is None:
            return None
        try:
            return model.model_validate_json(payload.unseal(self._people, record.acked_enc, record.record_id))
        except (Unsealable, Erased, ValidationError):
            return None  # destroyed, a key off the ring, or a shape of long ago: then it is not known


def _known(claims: Mapping[UUID, B | None]) -> list[tuple[UUID, B]]:
    return [(one, claim) for one, claim in claims.items() if claim is not None]


def still(ours: Ours, before: Standing, now: Standing, taken_names: Collection[str]) -> Ours:
    """Ours as far as it stood still while TPGateway was read: what moved, or moves now, is left out of judgement.

    What came meanwhile may be there already, and is nobody's but ours: so `unheard`, and so the untold marks.
    """

    def calm(held: Held[B]) -> Held[B]:
        key = held.record.key
        same = key in now.records and key not in now.unsettled and before.mark_of(key) == now.mark_of(key)
        return held if same else replace(held, settled=False)

    def calmed(these: Sequence[Held[B]]) -> list[Held[B]]:
        return [calm(one) for one in these]

    return replace(
        ours,
        run=calm(ours.run),
        enrolments=calmed(ours.enrolments),
        fees={one: calm(held) for one, held in ours.fees.items()},
        marks=calmed(ours.marks),
        results=calmed(ours.results),
        taken=taken_names,
        unheard=ours.unheard or bool(now.records.keys() - before.records.keys()),
        untold_marks=_untold_marks(ours, now),
    )


def _untold_marks(ours: Ours, now: Standing) -> set[tuple[UUID | None, UUID | None]]:
    known = {held.record.key for held in ours.marks}
    return {
        (record.session_id, record.enrolment_id)
        for key, record in now.records.items()
        if key[0] is RecordType.ATTENDANCE and key not in known
    }
