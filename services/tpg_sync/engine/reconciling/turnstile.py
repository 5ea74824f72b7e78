"""The way out for reconciliation's reads: the same lane, rate and circuits as sending, and never in its way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.tpg_sync import BreakerChanged, LaneHeld
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from services.tpg_sync.client.tpgateway import Call, Reply, TpgClient
from services.tpg_sync.engine import breaker as circuit
from services.tpg_sync.engine.lane import SLOW_PAUSE
from services.tpg_sync.engine.limiter import refill, slow_down, start_ramp
from services.tpg_sync.engine.outcomes import Decision, decide_reading
from services.tpg_sync.models import (
    HOST_GROUP,
    LANE_ID,
    BreakerState,
    ReconciliationStep,
    SyncBreaker,
    SyncLane,
    breaker_id_of,
)
from services.tpg_sync.settings import SyncSettings

Pause = Callable[[float], Awaitable[None]]


class Stopped(Exception):
    """It cannot be read to its end now; `code` says why. Nothing was concluded."""

    def __init__(self, code: str, delay: timedelta | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.delay = delay


class Turnstile:
    """Makes the calls of one step, each when it may leave; renews the step's lease with every one."""

    def __init__(
        self,
        units: UnitsOfWork,
        client: TpgClient,
        settings: SyncSettings,
        step: ReconciliationStep | None,
        *,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._units = units
        self._client = client
        self._settings = settings
        self._step = step
        self._pause = pause
        self.calls = 0

    async def call(self, call: Call, *, attributes: Mapping[str, str | int] | None = None) -> Reply:
        """One read; raises Stopped when the lane is held, a circuit is open, or the step is another worker's now."""
        if self.calls:
            await self._pause(self._settings.sync_reconcile_pause.total_seconds())
        probes = await self._enter(call.operation.group)
        reply = await self._client.call(call, attributes=attributes)
        self.calls += 1
        decision = decide_reading(reply)
        if probes or decision.holds or decision.slows:
            await self._learn(decision, probes)
        return reply

    async def _enter(self, group: str) -> tuple[str, ...]:
        """Wait for a token; the names of the circuits this call is a probe of."""
        while True:
            async with self._units.begin() as uow:
                lane = await uow.get(SyncLane, LANE_ID, for_update=True)
                if lane.held_cause is not None:
                    raise Stopped("lane_held")
                await self._keep_lease(uow)
                probes = await self._probes(uow, group)
                if refill(lane, self._settings.pace, uow.now()) >= 1:
                    lane.tokens -= 1
                    await self._begin(uow, probes)
                    return probes
            await self._pause(1 / self._settings.tpg_rate_per_s)

    async def _keep_lease(self, uow: UnitOfWork) -> None:
        if self._step is None:
            return
        step = await uow.get(ReconciliationStep, self._step.id, for_update=True)
        if step.lease_token is None or step.lease_token != self._step.lease_token:
            raise Stopped("lease_lost")
        step.lease_until = uow.now() + self._settings.sync_reconcile_lease

    async def _probes(self, uow: UnitOfWork, group: str) -> tuple[str, ...]:
        passages = {way.name: circuit.passage(way, uow.now()) for way in await _ways(uow, (HOST_GROUP, group))}
        if circuit.Passage.NONE in passages.values():
            raise Stopped("circuit_open")
        return tuple(name for name, passage in passages.items() if passage is circuit.Passage.ONE)

    async def _begin(self, uow: UnitOfWork, probes: tuple[str, ...]) -> None:
        thresholds = circuit.Thresholds.of(self._settings)
        for way in await _ways(uow, probes):
            if circuit.begin_probe(way, uow.now(), thresholds):
                _tell(uow, way)

    async def _learn(self, decision: Decision, probes: tuple[str, ...]) -> None:
        async with self._units.begin() as uow:
            lane, now = await uow.get(SyncLane, LANE_ID, for_update=True), uow.now()
            if decision.holds and lane.held_cause is None:
                lane.hold(decision.holds, now, probe_every=self._settings.sync_lane_probe_every)
                uow.emit(LaneHeld(lane_id=lane.id, cause=decision.holds))
            if decision.slows:
                slow_down(lane, self._settings.pace, now, pause=decision.delay or SLOW_PAUSE)
            for way in await _ways(uow, probes):
                self._judge(uow, lane, way, decision, now)

    def _judge(self, uow: UnitOfWork, lane: SyncLane, way: SyncBreaker, decision: Decision, now: datetime) -> None:
        """Only a probe's end moves a circuit: what opens one is the sending of jobs, whose calls are on record."""
        if way.state != BreakerState.HALF_OPEN:
            return
        if decision.breaker_failure:
            circuit.open_up(way, now, circuit.Thresholds.of(self._settings))
        else:
            circuit.close(way, now)
            start_ramp(lane, now)
        _tell(uow, way)


async def _ways(uow: UnitOfWork, names: tuple[str, ...]) -> list[SyncBreaker]:
    """Locked by way of the lane's row, which every writer of circuits holds."""
    found = await uow.session.execute(
        select(SyncBreaker).where(col(SyncBreaker.name).in_(names)).order_by(col(SyncBreaker.name))
    )
    return list(found.scalars())


def _tell(uow: UnitOfWork, way: SyncBreaker) -> None:
    breaker_id: UUID = breaker_id_of(way.name)
    uow.emit(BreakerChanged(breaker_id=breaker_id, group=way.name, state=way.state))
