"""What a call teaches about the way itself: hold it, slow it, open or close its circuits."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.tpg_sync import BreakerChanged, LaneHeld, LaneReleased
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.engine import breaker as circuit
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.limiter import slow_down, start_ramp
from services.tpg_sync.engine.outcomes import Decision
from services.tpg_sync.models import (
    HOST_GROUP,
    LANE_ID,
    BreakerState,
    SyncAttempt,
    SyncBreaker,
    SyncLane,
    breaker_id_of,
)
from services.tpg_sync.settings import SyncSettings

SLOW_PAUSE = timedelta(seconds=1)
"""The pause after a 429 that names none."""


def teaches(claimed: Claimed, decision: Decision) -> bool:
    """Whether a call says anything about the way; a plain success on a healthy lane does not."""
    return claimed.probe or decision.slows or decision.breaker_failure or decision.holds is not None


async def learn(uow: UnitOfWork, claimed: Claimed, decision: Decision, settings: SyncSettings, now: datetime) -> None:
    """Apply one call's lesson."""
    lane = await uow.get(SyncLane, LANE_ID, for_update=True)
    if decision.holds:
        if lane.held_cause is None:
            lane.hold(decision.holds, now, probe_every=settings.sync_lane_probe_every)
            uow.emit(LaneHeld(lane_id=lane.id, cause=decision.holds))
    elif lane.held_cause is not None and claimed.probe and not decision.breaker_failure:
        lane.release()
        uow.emit(LaneReleased(lane_id=lane.id))
    if decision.slows:
        slow_down(lane, settings.pace, now, pause=decision.delay or SLOW_PAUSE)
    for way in await _ways(uow, claimed):
        await _judge(uow, lane, way, claimed, decision, settings, now)


async def debit(uow: UnitOfWork, calls: int) -> None:
    """Take calls that were made beyond the claimed one off the bucket; the next claims wait for them."""
    if calls > 0:
        lane = await uow.get(SyncLane, LANE_ID, for_update=True)
        lane.tokens -= calls


async def return_probe(uow: UnitOfWork, claimed: Claimed, now: datetime) -> None:
    """The probe found nothing to call for: let another job try at once."""
    await uow.get(SyncLane, LANE_ID, for_update=True)
    for way in await _ways(uow, claimed):
        if way.state == BreakerState.HALF_OPEN:
            way.open_until = now


async def _ways(uow: UnitOfWork, claimed: Claimed) -> list[SyncBreaker]:
    names = (HOST_GROUP, claimed.job.endpoint_group)
    found = await uow.session.execute(
        select(SyncBreaker)
        .where(col(SyncBreaker.name).in_(names))
        .order_by(col(SyncBreaker.name))
        .execution_options(populate_existing=True)
    )
    return list(found.scalars())


async def _judge(
    uow: UnitOfWork,
    lane: SyncLane,
    way: SyncBreaker,
    claimed: Claimed,
    decision: Decision,
    settings: SyncSettings,
    now: datetime,
) -> None:
    thresholds = circuit.Thresholds.of(settings)
    before = way.state
    if decision.breaker_failure:
        probe_failed = way.state == BreakerState.HALF_OPEN and claimed.probe
        if probe_failed or (way.state == BreakerState.CLOSED and await _too_many_failures(uow, way, thresholds, now)):
            circuit.open_up(way, now, thresholds)
    elif claimed.probe and way.state == BreakerState.HALF_OPEN:
        circuit.close(way, now)
        start_ramp(lane, now)
    if way.state != before:
        uow.emit(BreakerChanged(breaker_id=breaker_id_of(way.name), group=way.name, state=way.state))


async def _too_many_failures(uow: UnitOfWork, way: SyncBreaker, thresholds: circuit.Thresholds, now: datetime) -> bool:
    """Read back the latest calls; only ever asked when one has just failed."""
    since = way.changed_at or datetime.min.replace(tzinfo=now.tzinfo)
    statement = select(col(SyncAttempt.ended_at), col(SyncAttempt.breaker_failure)).where(
        col(SyncAttempt.ended_at) > since
    )
    if way.name != HOST_GROUP:
        statement = statement.where(col(SyncAttempt.endpoint_group) == way.name)
    latest = await uow.session.execute(statement.order_by(col(SyncAttempt.ended_at).desc()).limit(1_000))
    return circuit.should_open([(ended_at, failed) for ended_at, failed in latest.all()], now, thresholds)
