"""The submission engine: claims due jobs and carries them out, several at once, until it is told to stop."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import Link, Span

from libs.chassis.runtime import Runtime
from libs.outbox.failpoints import failpoint
from libs.telemetry import names
from libs.telemetry.context import Context, entered
from libs.telemetry.tracing import extract, tracer
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import TpgClient
from services.tpg_sync.engine import gauges, payload
from services.tpg_sync.engine.claim import Claimed, claim
from services.tpg_sync.engine.gathering import Gathering
from services.tpg_sync.engine.pages import Pages
from services.tpg_sync.engine.records.registry import dealings
from services.tpg_sync.engine.rescue import rescue
from services.tpg_sync.engine.scans import pull_scans
from services.tpg_sync.engine.sender import accident, carry_out, mark_sent
from services.tpg_sync.engine.settle import Outcome, Rules, settle
from services.tpg_sync.engine.tending import tend
from services.tpg_sync.engine.tools import Departure, Leave, Tools
from services.tpg_sync.models import SyncJob
from services.tpg_sync.queries.obligations import tally
from services.tpg_sync.queries.status import get_status
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()

FOLLOWED_FOR: Final = timedelta(minutes=5)
SHORTEST_REST_S: Final = 0.01


class Engine:
    """Sends, verifies and reads for all records; as many engines as there are workers share one lane in Postgres."""

    def __init__(self, runtime: Runtime[SyncSettings], client: TpgClient, owners: Owners) -> None:
        self._settings = runtime.settings
        self._units = runtime.units
        self._chance = runtime.chance
        self._departures = Gathering(self._depart)
        self._outcomes = Gathering(self._settle)
        self._tools = Tools(
            units=runtime.units,
            client=client,
            pages=Pages(client, runtime.settings),
            dealings=dealings(runtime.settings),
            vault=runtime.vault,
            owners=owners,
            settings=runtime.settings,
            depart=self._departures.submit,
        )

    async def turn(self) -> int:
        """Claim what may leave now, carry all of it out, and settle it; returns how many jobs that were."""
        claimed = await self._claim(self._settings.sync_senders)
        await asyncio.gather(*(self._carry(item) for item in claimed))
        return len(claimed)

    async def rescue(self) -> int:
        """Give expired leases back; returns how many."""
        return await rescue(self._units, self._settings, self._chance)

    async def tend(self) -> int:
        """Note a new day, date what has no deadline yet, free what waits for nothing; returns how many were dated."""
        return await tend(self._units, self._settings)

    async def pull_scans(self) -> int:
        """Look for official scans of sessions that are over; returns at how many sessions."""
        return await pull_scans(self._units, self._tools.pages, self._tools.owners, self._settings)

    async def run(self) -> None:
        """Work until cancelled; a call that is out then is found by its lease, or by this worker's next life."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_sending(), name="sync sending")
                tasks.create_task(self._keep_rescuing(), name="sync rescue")
                tasks.create_task(self._keep_gauges(), name="sync gauges")
                tasks.create_task(self._keep_pulling(), name="sync scans")
        finally:
            await self._departures.close()
            await self._outcomes.close()

    async def _keep_sending(self) -> None:
        """Keep every sender busy. Told to stop, claim nothing more and let the calls that are out come home."""
        busy: set[asyncio.Task[None]] = set()
        try:
            while True:
                free = self._settings.sync_senders - len(busy)
                claimed = await self._claim(free)
                for item in claimed:
                    task = asyncio.create_task(self._carry(item), name="sync send")
                    busy.add(task)
                    task.add_done_callback(busy.discard)
                await self._rest(busy, all_busy=len(claimed) == free)
        finally:
            if busy:
                await asyncio.wait(busy, timeout=self._settings.tpg_total_timeout.total_seconds())

    async def _rest(self, busy: set[asyncio.Task[None]], *, all_busy: bool) -> None:
        """Wait for a free sender; when there is one already, for the next call the rate allows."""
        next_token = max(1 / self._settings.tpg_rate_per_s, SHORTEST_REST_S)
        pause = None if all_busy else min(self._settings.sync_poll.total_seconds(), next_token)
        if busy:
            await asyncio.wait(busy, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(pause or SHORTEST_REST_S)

    async def _keep_rescuing(self) -> None:
        while True:
            await self.rescue()
            await self.tend()
            await asyncio.sleep(self._settings.sync_rescue_every.total_seconds())

    async def _keep_pulling(self) -> None:
        while True:
            await self.pull_scans()
            await asyncio.sleep(self._settings.sync_scans_poll.total_seconds())

    async def _keep_gauges(self) -> None:
        while True:
            now = self._units.clock.now()
            async with self._units.reading() as uow:
                gauges.show(await get_status(uow, now=now, risk_within=self._settings.sync_deadline_risk), now)
                gauges.show_duties(await tally(uow))
            await asyncio.sleep(self._settings.sync_gauges_every.total_seconds())

    async def _claim(self, limit: int) -> list[Claimed]:
        claimed = await claim(self._units, self._settings, limit=limit)
        if claimed:
            await failpoint("sync.claimed")
        return claimed

    async def _carry(self, claimed: Claimed) -> None:
        """One job from its claim to its settled outcome, on its own journey and trace."""
        job = claimed.job
        with entered(Context(correlation_id=job.correlation_id, causation_id=job.causation_id)), self._span(job):
            try:
                outcome = await carry_out(self._tools, claimed)
            except Exception as error:  # noqa: BLE001 - whatever it was, the job must not be lost over it
                outcome = accident(claimed, error)
            gauges.count(outcome.reply, outcome.decision.next)
            _tell(claimed, outcome)
            await self._hand_in(replace(outcome, trace=otel_context.get_current()))

    async def _hand_in(self, outcome: Outcome) -> None:
        """Settle it. What cannot be settled (the database is away, say) is found again by its lease."""
        try:
            written = await self._outcomes.submit(outcome)
        except Exception as error:
            log.exception("outcome not written", job_id=str(outcome.claimed.job.id), error=type(error).__name__)
            if outcome.unforeseen is None:
                await self._hand_in(accident(outcome.claimed, error, outcome.reply))
        else:
            if written and outcome.arrived:
                gauges.count_arrival(outcome.claimed.job.deadline_at, self._units.clock.now())

    def _span(self, job: SyncJob) -> AbstractContextManager[Span]:
        """Continues the trace that asked for the job; an older job's trace is only linked to."""
        origin = extract({"traceparent": job.traceparent} if job.traceparent else {})
        name, told = f"sync {job.kind}", {names.CORRELATION_ID: str(job.correlation_id)}
        if self._units.clock.now() - job.created_at < FOLLOWED_FOR:
            return tracer().start_as_current_span(name, context=origin, attributes=told)
        link = trace.get_current_span(origin).get_span_context()
        return tracer().start_as_current_span(name, links=[Link(link)] if link.is_valid else [], attributes=told)

    async def _depart(self, departures: Sequence[Departure]) -> list[Leave]:
        async with self._units.begin() as uow:
            people = payload.people_of(self._tools.vault, uow)
            return await mark_sent(uow, departures, self._settings, people)

    async def _settle(self, outcomes: Sequence[Outcome]) -> list[bool]:
        async with self._units.begin() as uow:
            return await settle(uow, outcomes, Rules(self._settings, self._chance))


def _tell(claimed: Claimed, outcome: Outcome) -> None:
    """One line for each time a job was taken up."""
    job, reply = claimed.job, outcome.reply
    log.info(
        "submission",
        job_id=str(job.id),
        kind=str(job.kind),
        record_type=str(job.record_type),
        record_id=str(job.record_id),
        attempt=job.attempt + 1,
        operation=reply.operation if reply is not None else None,
        status=reply.status if reply is not None else None,
        ms=round(reply.duration.total_seconds() * 1000, 2) if reply is not None else None,
        result=outcome.decision.next.value,
        error=outcome.decision.error_code or None,
    )


async def submit_to_tpgateway(runtime: Runtime[SyncSettings]) -> None:
    """The duty of the worker role."""
    gauges.show_certificate(runtime.settings)
    async with TpgClient(runtime.settings, clock=runtime.clock) as client, Owners(runtime.peers) as owners:
        await Engine(runtime, client, owners).run()
