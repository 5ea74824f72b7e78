"""Works through the steps of comparisons, one after the other, beside the sending.

A step reads first and writes last, in one transaction: a worker that dies in between leaves nothing but a lease, which
runs out. While it lives it renews the lease, however slow an owner or TPGateway is. A step that cannot be read to its
end comes again later, a limited number of times.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog

from libs.chassis.runtime import Runtime
from libs.database.unit_of_work import UnitOfWork
from libs.sources import SINGAPORE, singapore_day
from libs.telemetry.context import Context, entered
from libs.telemetry.tracing import tracer
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import TpgClient
from services.tpg_sync.commands.reconciling import plan_day, waiting_steps
from services.tpg_sync.engine import gauges
from services.tpg_sync.engine.reconciling.adopting import adopt_wanted
from services.tpg_sync.engine.reconciling.concluding import Reading, conclude
from services.tpg_sync.engine.reconciling.courses import conclude_course
from services.tpg_sync.engine.reconciling.holding import Holdings
from services.tpg_sync.engine.reconciling.keeping import kept
from services.tpg_sync.engine.reconciling.reading import Reader
from services.tpg_sync.engine.reconciling.turnstile import Pause, Stopped, Turnstile
from services.tpg_sync.models import Reconciliation, ReconciliationState, ReconciliationStep, StepState
from services.tpg_sync.queries.discrepancies import count_unresolved
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()

ENDING = frozenset({"never_submitted"})
"""Reasons that no later try will change."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step this worker has leased, and the journey it belongs to."""

    step: ReconciliationStep
    journey: Context


class Reconciler:
    """Plans the day, and does the steps that are due."""

    def __init__(
        self, runtime: Runtime[SyncSettings], client: TpgClient, owners: Owners, *, pause: Pause = asyncio.sleep
    ) -> None:
        self._runtime = runtime
        self._units = runtime.units
        self._settings = runtime.settings
        self._client = client
        self._owners = owners
        self._pause = pause

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.plan()
            while await self.turn():
                pass
            await self.adopt()
            await self.show()
            await asyncio.sleep(self._settings.sync_reconcile_every.total_seconds())

    async def plan(self) -> bool:
        """Plan today's comparison once its hour has come; True when this did it."""
        now = self._units.clock.now()
        today = singapore_day(now)
        begin = datetime.combine(today, time(self._settings.sync_reconcile_from_hour), SINGAPORE)
        if not self._settings.sync_reconcile or now < begin:
            return False
        async with self._units.begin() as uow:
            made = await plan_day(
                uow,
                today,
                begin=max(begin, now),
                spread=self._settings.sync_reconcile_spread,
                ended_after=self._settings.watched_since(today),
            )
            return made is not None

    async def adopt(self) -> int:
        """Bring to enrolment what a person decided to adopt; returns how many were."""
        return await adopt_wanted(self._units, self._client, self._owners, self._settings, pause=self._pause)

    async def show(self) -> None:
        """Tell Prometheus what is unresolved."""
        async with self._units.reading() as uow:
            gauges.show_discrepancies(await count_unresolved(uow))

    async def turn(self) -> bool:
        """Do one due step; False when there was none."""
        taken = await self._take()
        if taken is None:
            return False
        with entered(taken.journey), tracer().start_as_current_span("sync reconcile"):
            turnstile = Turnstile(self._units, self._client, self._settings, taken.step, pause=self._pause)
            try:
                async with kept(self._units, taken.step, self._settings.sync_reconcile_lease):
                    await self._do(taken.step, turnstile)
            except Stopped as stopped:
                await self._postpone(taken.step, turnstile.calls, stopped)
            except Exception as error:  # noqa: BLE001 - a run that cannot be judged must not keep the others waiting
                log.error("reconciliation failed unforeseen", step_id=str(taken.step.id), error=type(error).__name__)  # noqa: TRY400 - the text of an error may hold anything
                await self._postpone(taken.step, turnstile.calls, Stopped(type(error).__name__))
        return True

    async def _take(self) -> Taken | None:
        async with self._units.begin() as uow:
            step = await waiting_steps(uow, uow.now())
            if step is None:
                return None
            step.state, step.tries = StepState.RUNNING, step.tries + 1
            step.lease_token, step.lease_until = uow.new_id(), uow.now() + self._settings.sync_reconcile_lease
            of = await uow.get(Reconciliation, step.reconciliation_id, for_update=True)
            if of.state is ReconciliationState.WAITING:
                of.state, of.version = ReconciliationState.RUNNING, of.version + 1
            return Taken(step, Context(correlation_id=of.correlation_id))

    async def _do(self, step: ReconciliationStep, turnstile: Turnstile) -> None:
        reader = Reader(turnstile, self._settings)
        if step.run_id is None:
            listed = await reader.runs(step.course_reference or "")
            async with self._units.begin() as uow:
                await self._still_mine(uow, step)
                counts = await conclude_course(
                    uow, step.course_reference or "", listed, self._settings, self._runtime.vault
                )
                await self._done(uow, step, turnstile.calls, counts)
            return
        too_young = self._units.clock.now() - self._settings.visibility_window
        holdings = Holdings(self._units, self._owners, self._runtime.vault, too_young=too_young)
        ours, before = await holdings.gather(step.run_id)
        theirs = await reader.read(ours)
        async with self._units.begin() as uow:
            await self._still_mine(uow, step)
            counts = await conclude(uow, Reading(ours, before, theirs), self._settings, self._runtime.vault)
            await self._done(uow, step, turnstile.calls, counts)

    async def _still_mine(self, uow: UnitOfWork, step: ReconciliationStep) -> None:
        """A worker that lost its lease concludes nothing: another has begun anew."""
        row = await uow.get(ReconciliationStep, step.id, for_update=True)
        if row.lease_token != step.lease_token:
            raise Stopped("lease_lost")

    async def _done(self, uow: UnitOfWork, step: ReconciliationStep, calls: int, counts: Counter[str]) -> None:
        await self._close(uow, step, calls, counts, StepState.DONE, None)

    async def _close(
        self,
        uow: UnitOfWork,
        step: ReconciliationStep,
        calls: int,
        counts: Counter[str],
        state: StepState,
        error_code: str | None,
    ) -> None:
        row = await uow.get(ReconciliationStep, step.id, for_update=True)
        row.state, row.finished_at, row.error_code, row.calls = state, uow.now(), error_code, row.calls + calls
        row.lease_token = row.lease_until = None
        of = await uow.get(Reconciliation, step.reconciliation_id, for_update=True)
        of.steps_done, of.version = of.steps_done + 1, of.version + 1
        of.counts = dict(Counter(of.counts) + counts + Counter({state.value: 1}))
        if of.steps_done >= of.steps:
            of.state, of.finished_at = ReconciliationState.DONE, uow.now()

    async def _postpone(self, step: ReconciliationStep, calls: int, stopped: Stopped) -> None:
        """Nothing was concluded; later again, unless it was tried often enough, or is another worker's."""
        log.info("reconciliation stopped", step_id=str(step.id), cause=stopped.code)
        async with self._units.begin() as uow:
            row = await uow.get(ReconciliationStep, step.id, for_update=True)
            if row.lease_token != step.lease_token:
                return
            if stopped.code in ENDING or row.tries >= self._settings.sync_reconcile_tries:
                await self._close(uow, step, calls, Counter(), StepState.FAILED, stopped.code)
                return
            pause = max(self._settings.sync_reconcile_retry, stopped.delay or timedelta(0))
            row.state, row.not_before, row.error_code = StepState.QUEUED, uow.now() + pause, stopped.code
            row.calls += calls
            row.lease_token = row.lease_until = None


async def reconcile_with_tpgateway(runtime: Runtime[SyncSettings]) -> None:
    """The duty of the worker role."""
    async with TpgClient(runtime.settings, clock=runtime.clock) as client, Owners(runtime.peers) as owners:
        await Reconciler(runtime, client, owners).run()
