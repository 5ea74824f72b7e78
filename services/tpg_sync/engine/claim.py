"""Takes due jobs, the most urgent first, and never more than may leave now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from libs.contracts.tpg_sync import BreakerChanged, RecordType
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from services.tpg_sync.client.claims.claim import Known
from services.tpg_sync.engine import breaker as circuit
from services.tpg_sync.engine.limiter import refill
from services.tpg_sync.models import (
    CLOSED,
    DUE_STATES,
    HOST_GROUP,
    LANE_ID,
    READINGS,
    Beside,
    JobKind,
    JobState,
    RecordKey,
    RunCalendar,
    SyncBreaker,
    SyncJob,
    SyncLane,
    SyncRecord,
    breaker_id_of,
)
from services.tpg_sync.queries.waiting import CALL_OUT, beside, calendars_of
from services.tpg_sync.settings import SyncSettings


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased job with its record, and what stands beside that.

    `probe` marks the one call that tries whether the way is clear again.
    """

    job: SyncJob
    record: SyncRecord
    token: UUID
    probe: bool = False
    beside: Beside = field(default_factory=Beside)
    calendar: RunCalendar | None = None

    @property
    def known(self) -> Known:
        return Known(self.record, self.beside, self.calendar)


async def claim(units: UnitsOfWork, settings: SyncSettings, *, limit: int) -> list[Claimed]:
    """Lease up to `limit` due jobs and debit the lane; commits. Claimers take turns on the lane's row."""
    now = units.clock.now()
    if limit < 1 or not await _anything_due(units, now):
        return []
    async with units.begin() as uow:
        lane = await uow.get(SyncLane, LANE_ID, for_update=True)
        ways = await _ways(uow)
        allowed, probing = _allowance(lane, ways, settings, now, limit)
        if allowed < 1:
            return []
        jobs = await _due(uow, ways, now, allowed, probing=probing)
        claimed = await _lease(uow, jobs, ways, settings, now, probing=probing)
        lane.tokens -= len(claimed)
        _begin_probes(uow, lane, ways, claimed, settings, now)
        return claimed


URGENCY: Final = (col(SyncJob.deadline_at).asc().nulls_last(), col(SyncJob.not_before), col(SyncJob.id))


def _only_reads() -> ColumnElement[bool]:
    return or_(col(SyncJob.state) == JobState.VERIFYING, col(SyncJob.kind).in_(READINGS))


async def _anything_due(units: UnitsOfWork, now: datetime) -> bool:
    """A question without locks, so that an idle worker writes nothing."""
    due = select(col(SyncJob.id)).where(*_is_due(now)).limit(1)
    async with units.reading() as uow:
        return (await uow.session.execute(due)).first() is not None


async def _ways(uow: UnitOfWork) -> dict[str, SyncBreaker]:
    found = await uow.session.execute(select(SyncBreaker))
    return {way.name: way for way in found.scalars()}


def _allowance(
    lane: SyncLane, ways: dict[str, SyncBreaker], settings: SyncSettings, now: datetime, limit: int
) -> tuple[int, bool]:
    """How many may leave, and whether they are a probe."""
    tokens = refill(lane, settings.pace, now)
    if lane.held_cause is not None:
        may_probe = lane.probe_at is not None and now >= lane.probe_at
        return (min(tokens, 1) if may_probe else 0), True
    host = circuit.passage(ways[HOST_GROUP], now)
    if host is circuit.Passage.NONE:
        return 0, False
    if host is circuit.Passage.ONE:
        return min(tokens, 1), True
    return min(tokens, limit), False


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(SyncJob.state).in_(DUE_STATES),
        col(SyncJob.not_before) <= now,
        col(SyncJob.lease_until).is_(None),
    )


async def _due(
    uow: UnitOfWork, ways: dict[str, SyncBreaker], now: datetime, limit: int, *, probing: bool
) -> Sequence[SyncJob]:
    """The nearest deadlines first, then first come. A probe is a read where one is due: it can do no harm."""
    earlier = aliased(SyncJob)
    held_up = exists().where(
        col(earlier.record_type) == col(SyncJob.record_type),
        col(earlier.record_id) == col(SyncJob.record_id),
        col(earlier.ordinal) < SyncJob.ordinal,
        col(earlier.state).not_in(CLOSED),
    )
    shut = [name for name, way in ways.items() if circuit.passage(way, now) is circuit.Passage.NONE]
    statement = (
        select(SyncJob)
        .where(*_is_due(now), ~held_up, ~_twin_goes_first(), col(SyncJob.endpoint_group).not_in(shut))
        .order_by(*([_only_reads().desc()] if probing else []), *URGENCY)
        .limit(limit)
        .with_for_update(skip_locked=True, of=SyncJob)
    )
    jobs = (await uow.session.execute(statement)).scalars().all()
    return _one_per_probed_group(_one_per_remote_record(jobs), ways, now)


def _twin_goes_first() -> ColumnElement[bool]:
    """A fee and its enrolment are one record at TPGateway: whichever of them is out, or was, ends first.

    One that was out already goes on with what it carried then, so newer words wait until that has arrived.
    """
    twin = aliased(SyncJob)
    out = or_(col(twin.state).in_(CALL_OUT), and_(col(twin.state).in_(DUE_STATES), col(twin.payload_enc).is_not(None)))
    # Asked for one type at a time, with the words of the index of open jobs, so that it is found there.
    first = {
        mine: exists().where(
            col(twin.record_type) == other,
            col(twin.record_id) == col(SyncJob.record_id),
            col(twin.state).not_in(CLOSED),
            out,
        )
        for mine, other in ((RecordType.FEE, RecordType.ENROLMENT), (RecordType.ENROLMENT, RecordType.FEE))
    }
    return or_(*(and_(col(SyncJob.record_type) == mine, found) for mine, found in first.items()))


def _one_per_remote_record(jobs: Sequence[SyncJob]) -> Sequence[SyncJob]:
    """A fee and its enrolment are one record at TPGateway: the more urgent goes first."""
    first: dict[RecordKey, SyncJob] = {}
    for job in jobs:
        first.setdefault((RecordType(job.remote_type), job.record_id), job)
    return list(first.values())


def _one_per_probed_group(jobs: Sequence[SyncJob], ways: dict[str, SyncBreaker], now: datetime) -> Sequence[SyncJob]:
    kept: list[SyncJob] = []
    probed: set[str] = set()
    for job in jobs:
        way = ways.get(job.endpoint_group)
        if way is not None and circuit.passage(way, now) is circuit.Passage.ONE:
            if job.endpoint_group in probed:
                continue
            probed.add(job.endpoint_group)
        kept.append(job)
    return kept


async def _lease(
    uow: UnitOfWork,
    jobs: Sequence[SyncJob],
    ways: dict[str, SyncBreaker],
    settings: SyncSettings,
    now: datetime,
    *,
    probing: bool,
) -> list[Claimed]:
    if not jobs:
        return []
    key = tuple_(col(SyncRecord.record_type), col(SyncRecord.record_id))
    wanted = select(SyncRecord).where(key.in_({job.key for job in jobs}))
    records = {record.key: record for record in (await uow.session.execute(wanted)).scalars()}
    around = await beside(uow, [(JobKind(job.kind), records[job.key]) for job in jobs])
    calendars = await calendars_of(uow, records.values())
    claimed = []
    for job in jobs:
        token = uow.new_id()
        job.lease(token, until=now + settings.sync_lease, now=now)
        way = ways.get(job.endpoint_group)
        alone = way is not None and circuit.passage(way, now) is circuit.Passage.ONE
        record = records[job.key]
        calendar = calendars.get(record.run_id) if record.run_id is not None else None
        claimed.append(Claimed(job, record, token, probing or alone, around, calendar))
    return claimed


def _begin_probes(
    uow: UnitOfWork,
    lane: SyncLane,
    ways: dict[str, SyncBreaker],
    claimed: Sequence[Claimed],
    settings: SyncSettings,
    now: datetime,
) -> None:
    """Note which calls are probes, so that no second one leaves beside them."""
    if not claimed:
        return
    if lane.held_cause is not None:
        lane.probe_at = now + settings.sync_lane_probe_every
    thresholds = circuit.Thresholds.of(settings)
    for name in {HOST_GROUP, *(item.job.endpoint_group for item in claimed)}:
        way = ways.get(name)
        if way is None or circuit.passage(way, now) is not circuit.Passage.ONE:
            continue
        if circuit.begin_probe(way, now, thresholds):
            uow.emit(BreakerChanged(breaker_id=breaker_id_of(name), group=name, state=way.state))
