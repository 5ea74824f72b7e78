"""The outcome transaction: job, attempt, record, lane, circuit and event change together, fenced by the lease.

A worker that lost its lease finds another token in the row and writes nothing: the rescuer has spoken already.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from opentelemetry import context as otel_context
from opentelemetry.context import Context as TraceContext
from sqlalchemy import select, tuple_
from sqlmodel import col

from libs.contracts.tpg_sync import (
    RecordType,
    RemoteIds,
    SyncDeadLettered,
    SyncRejected,
    SyncState,
    SyncSucceeded,
    SyncVerifying,
)
from libs.database.unit_of_work import UnitOfWork
from libs.sources import Chance
from libs.telemetry.context import Context, entered
from services.tpg_sync.client.tpgateway import Reply
from services.tpg_sync.commands.owing import facts, reading_job, tell_void
from services.tpg_sync.commands.waiting import release_waiting
from services.tpg_sync.engine import lane
from services.tpg_sync.engine.backoff import backoff, before_deadline
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.records.dealings import Effect
from services.tpg_sync.models import (
    CLOSED,
    DUE_STATES,
    READINGS,
    REMOVALS,
    JobState,
    RecordKey,
    SyncAttempt,
    SyncJob,
    SyncRecord,
)
from services.tpg_sync.queries.jobs import open_jobs
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()

ATTEMPTS: Final = SyncAttempt.metadata.tables["tpg_sync.sync_attempt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one claimed job ended this time. `reply` is the call to put on record, when one was made."""

    claimed: Claimed
    decision: Decision
    effect: Effect | None = None
    reply: Reply | None = None
    calls: int = 1
    """How many calls were made; the lane was debited for one."""
    unforeseen: str | None = None
    """The class of an error nobody planned for; the decision then follows from whether a call had left."""
    superseded: bool = False
    """The owner has moved on to a state in which this job must not be sent; its own event brings the next job."""
    trace: TraceContext | None = None
    """The trace the work belongs to; its events continue it."""

    @property
    def arrived(self) -> bool:
        """Whether TPGateway has acknowledged what was to be told."""
        return self.decision.next is Next.SUCCEED and self.effect is not None and not self.superseded

    @contextmanager
    def journey(self) -> Iterator[None]:
        """Tell what follows on the journey and trace of this job, whoever's task writes it down."""
        job = self.claimed.job
        token = otel_context.attach(self.trace) if self.trace is not None else None
        try:
            with entered(Context(correlation_id=job.correlation_id, causation_id=job.causation_id)):
                yield
        finally:
            if token is not None:
                otel_context.detach(token)


@dataclass(frozen=True, slots=True)
class Rules:
    """What an outcome is judged by, beside the outcome itself."""

    settings: SyncSettings
    chance: Chance


async def settle(uow: UnitOfWork, outcomes: Sequence[Outcome], rules: Rules) -> list[bool]:
    """Write outcomes; the caller commits. False where the lease was lost and nothing was written."""
    records, jobs = await lock_all(uow, [outcome.claimed for outcome in outcomes])
    written: list[bool] = []
    moved: list[SyncRecord] = []
    calls: list[dict[str, Any]] = []
    for outcome in outcomes:
        claimed = outcome.claimed
        job = jobs.get(claimed.job.id)
        ours = job is not None and job.lease_token == claimed.token
        if job is not None and ours:
            with outcome.journey():
                await _settle_one(uow, records[claimed.record.key], job, outcome, rules, calls)
            if job.state in CLOSED or outcome.effect is not None:
                moved.append(records[claimed.record.key])
        else:
            log.warning("late writer fenced", job_id=str(claimed.job.id), kind=str(claimed.job.kind))
        written.append(ours)
    await _write_calls(uow, calls)
    await uow.session.flush()
    await release_waiting(uow, moved)
    return written


async def lock_all(
    uow: UnitOfWork, claimed: Sequence[Claimed]
) -> tuple[dict[RecordKey, SyncRecord], dict[UUID, SyncJob]]:
    """Records first, then their jobs, each in the order of their keys: no two writers can wait for each other."""
    key = col(SyncRecord.record_type), col(SyncRecord.record_id)
    wanted = select(SyncRecord).where(tuple_(*key).in_({item.record.key for item in claimed})).order_by(*key)
    records = (await uow.session.execute(wanted.with_for_update())).scalars().all()
    job_ids = {item.job.id for item in claimed}
    held = select(SyncJob).where(col(SyncJob.id).in_(job_ids)).order_by(col(SyncJob.id))
    jobs = (await uow.session.execute(held.with_for_update())).scalars().all()
    return {record.key: record for record in records}, {job.id: job for job in jobs}


async def _settle_one(
    uow: UnitOfWork,
    record: SyncRecord,
    job: SyncJob,
    outcome: Outcome,
    rules: Rules,
    calls: list[dict[str, Any]],
) -> None:
    claimed, now = outcome.claimed, uow.now()
    if outcome.unforeseen is not None:
        outcome = replace(outcome, decision=after_accident(job, outcome.unforeseen))
    decision = outcome.decision
    counted = decision.counted and not claimed.probe
    job.attempt += counted
    await _move(uow, record, job, outcome, rules)
    if outcome.reply is not None:
        calls.append(_note_call(job, outcome.reply, decision, counted=counted))
        if lane.teaches(claimed, decision):
            await _write_calls(uow, calls)  # the circuit judges by what is written
            await lane.learn(uow, claimed, decision, rules.settings, now)
        await lane.debit(uow, outcome.calls - 1)
    elif claimed.probe:
        await lane.return_probe(uow, claimed, now)


def after_accident(job: SyncJob, cause: str) -> Decision:
    """What to do when a worker failed in the middle: look first, if a call that must not be repeated may have left."""
    if job.sent_at is not None and not job.repeatable:
        return Decision(Next.VERIFY, counted=True, error_class="unknown_end", error_code=cause)
    return Decision(Next.RETRY, counted=True, error_class="unforeseen", error_code=cause)


def _note_call(job: SyncJob, reply: Reply, decision: Decision, *, counted: bool) -> dict[str, Any]:
    """The attempts row of one call, once its job has moved on."""
    job.tries += 1
    return {
        "job_id": job.id,
        "number": job.tries,
        "series": job.series,
        "endpoint_group": reply.group,
        "operation": reply.operation,
        "path": reply.path,
        "started_at": reply.started_at,
        "ended_at": reply.ended_at,
        "duration_ms": int(reply.duration / timedelta(milliseconds=1)),
        "http_status": reply.status,
        "outcome": decision.next.value,
        "counted": counted,
        "breaker_failure": decision.breaker_failure,
        "error_class": decision.error_class or None,
        "error_code": decision.error_code or None,
        "request_bytes": reply.request_bytes,
        "request_sha256": reply.request_sha256,
        "response_bytes": reply.response_bytes,
        "request": reply.request,
        "response": reply.response,
        "next_at": job.not_before if job.state in DUE_STATES else None,
        "trace_id": reply.trace_id,
    }


async def _write_calls(uow: UnitOfWork, calls: list[dict[str, Any]]) -> None:
    """All rows in one statement; the list is empty afterwards."""
    if calls:
        connection = await uow.session.connection()
        await connection.execute(ATTEMPTS.insert(), calls)
        calls.clear()


async def _move(uow: UnitOfWork, record: SyncRecord, job: SyncJob, outcome: Outcome, rules: Rules) -> None:
    if outcome.superseded:
        job.supersede(uow.now())
        if job.record_type is RecordType.FEE:
            tell_void(uow, job)  # what its place is told next says nothing of the fee
        return
    match outcome.decision.next:
        case Next.SUCCEED:
            _succeed(uow, record, job, outcome.effect, rules.settings)
        case Next.VERIFY:
            _verify(uow, job, outcome.decision, rules)
        case Next.RETRY:
            if outcome.effect is not None:
                _remember(record, job, outcome.effect, uow.now())
            await _retry(uow, job, outcome.decision, rules)
        case Next.REJECT:
            await _reject(uow, job, outcome.decision)
        case Next.BLOCK:
            job.block(uow.now())


def _succeed(uow: UnitOfWork, record: SyncRecord, job: SyncJob, effect: Effect | None, settings: SyncSettings) -> None:
    now = uow.now()
    if effect is None:
        job.close_without_sending(now)
    else:
        job.succeed(now)
        _remember(record, job, effect, now)
    gone = job.kind in REMOVALS
    remote = RemoteIds(
        record=record.remote_id, parts={UUID(ours): theirs for ours, theirs in record.parts.items() if theirs}
    )
    state = SyncState.NOT_APPLICABLE if gone else SyncState.SYNCED
    uow.emit(SyncSucceeded(**facts(job), state=state, remote=remote))
    if effect is not None and effect.carried_revision is not None:
        carried = {**facts(job), "record_type": RecordType.FEE, "record_revision": effect.carried_revision}
        uow.emit(SyncSucceeded(**carried, state=SyncState.SYNCED))
    if effect is not None and effect.acked and None in record.parts.values():
        uow.add(reading_job(uow, job, delay=settings.sync_sessions_delay))


def _remember(record: SyncRecord, job: SyncJob, effect: Effect, now: datetime) -> None:
    if effect.removed:
        if record.remote_id is not None:
            record.former_ids = [*record.former_ids, record.remote_id]
        job.remote_ref, record.remote_id, record.parts = record.remote_id, None, {}
        record.acked_hash = record.there_since = None
    else:
        if effect.remote_id is not None and effect.remote_id != record.remote_id:
            record.remote_id, record.there_since = effect.remote_id, now
        record.parts = {str(ours): theirs for ours, theirs in effect.parts.items()}
        record.carried_revision = effect.carried_revision or record.carried_revision
        job.remote_ref = record.remote_id
    if effect.acked:
        record.acked_revision, record.acked_at = job.sent_revision, now
        record.acked_hash = None if effect.removed else job.payload_hash
        record.acked_enc = job.payload_enc


def _verify(uow: UnitOfWork, job: SyncJob, decision: Decision, rules: Rules) -> None:
    now, pause = uow.now(), rules.settings.sync_verify_delay
    if job.state == JobState.VERIFYING:
        cap = max(rules.settings.sync_verify_cap, pause)
        job.look_again(at=now + backoff(job.reads + 1, start=pause, cap=cap, chance=rules.chance), now=now)
        return
    job.verify(
        at=now + max(pause, decision.delay or pause),
        now=now,
        error_class=decision.error_class,
        code=decision.error_code,
        hints=decision.hints,
    )
    uow.emit(SyncVerifying(**facts(job), state=SyncState.UNKNOWN))


async def _retry(uow: UnitOfWork, job: SyncJob, decision: Decision, rules: Rules) -> None:
    now, settings = uow.now(), rules.settings
    if job.attempt >= settings.sync_max_attempts:
        if await _newer_waits(uow, job):
            job.supersede_after_failure(now, error_class=decision.error_class, code=decision.error_code)
            return
        job.bury(now, error_class=decision.error_class, code=decision.error_code)
        uow.emit(SyncDeadLettered(**facts(job), state=SyncState.DEAD, error_code=decision.error_code or "unknown"))
        return
    if job.state == JobState.VERIFYING:
        until = now  # it was looked for and is not there: nothing speaks against sending it now
    else:
        own = backoff(
            job.attempt or 1, start=settings.sync_backoff_start, cap=settings.sync_backoff_cap, chance=rules.chance
        )
        pause = own if decision.delay is None else decision.delay
        slot = now + (max(own, pause) if decision.slows else pause)
        until = before_deadline(slot, job.deadline_at, now=now, margin=settings.sync_deadline_margin)
    job.wait(until=until, now=now, error_class=decision.error_class, code=decision.error_code)


async def _reject(uow: UnitOfWork, job: SyncJob, decision: Decision) -> None:
    now = uow.now()
    if await _newer_waits(uow, job):
        job.supersede_after_failure(now, error_class=decision.error_class, code=decision.error_code)
        return
    job.reject(now, error_class=decision.error_class, code=decision.error_code, hints=decision.hints)
    uow.emit(
        SyncRejected(
            **facts(job),
            state=SyncState.REJECTED,
            error_code=decision.error_code or "unknown",
            hints=decision.hints,
        )
    )


async def _newer_waits(uow: UnitOfWork, job: SyncJob) -> bool:
    """A newer intent carries the whole state, so a failed older one need not wait for a person before it."""
    return any(other.ordinal > job.ordinal and other.kind not in READINGS for other in await open_jobs(uow, job.key))
