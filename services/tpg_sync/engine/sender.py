"""Carries out one claimed job: claim check, our own validation, `sent_at`, the call, the outcome."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import structlog

from libs.database.unit_of_work import UnitOfWork
from libs.outbox.failpoints import failpoint
from libs.privacy.personal import PersonalVault
from services.tpg_sync.client.tpgateway import Reply
from services.tpg_sync.engine import payload
from services.tpg_sync.engine.caution import LOOK_FIRST, caution
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.looking import learn_names, look
from services.tpg_sync.engine.outcomes import Decision, Next, decide
from services.tpg_sync.engine.preparing import prepare
from services.tpg_sync.engine.records.dealings import Effect
from services.tpg_sync.engine.removing import prepare_foreign
from services.tpg_sync.engine.settle import Outcome, lock_all
from services.tpg_sync.engine.tools import Departure, Leave, Prepared, Tools, attributes
from services.tpg_sync.models import (
    CREATES,
    ENDINGS,
    FOREIGN,
    READINGS,
    REMOVALS,
    JobKind,
    JobState,
    SyncJob,
    SyncRecord,
)
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()


async def carry_out(tools: Tools, claimed: Claimed) -> Outcome:
    """Do what the job asks for, once; never raises for the network, the owner or TPGateway."""
    job = claimed.job
    if job.state == JobState.VERIFYING:
        return await look(tools, claimed)
    if job.kind in READINGS:
        return await learn_names(tools, claimed)
    prepared = await (prepare_foreign if job.kind in FOREIGN else prepare)(tools, claimed)
    if isinstance(prepared, Outcome):
        return prepared
    return await _send(tools, claimed, prepared)


async def _send(tools: Tools, claimed: Claimed, prepared: Prepared) -> Outcome:
    leave = await tools.depart(Departure(claimed, prepared))
    if leave is Leave.NEVER:
        return Outcome(claimed=claimed, decision=Decision(Next.RETRY, error_class="lease", error_code="lease_lost"))
    if leave is Leave.LOOK_FIRST:
        return Outcome(claimed=claimed, decision=LOOK_FIRST)
    await failpoint("sync.sent")
    call = prepared.sending.call
    reply = await tools.client.call(call, key=claimed.job.idempotency_key, attributes=attributes(claimed.job))
    await failpoint("sync.replied")
    return _judge(tools, claimed, prepared, reply)


def _judge(tools: Tools, claimed: Claimed, prepared: Prepared, reply: Reply) -> Outcome:
    sending = prepared.sending
    decision = decide(reply, repeatable=sending.repeatable)
    effect = None
    if decision.next is Next.REJECT and sending.kind in REMOVALS and reply.status == HTTPStatus.NOT_FOUND:
        decision = Decision(Next.SUCCEED)  # it is not there: all that was wanted
    if decision.next is Next.SUCCEED:
        effect = _effect(tools, claimed, prepared, reply)
        if effect is None:
            decision = Decision(Next.VERIFY, counted=True, error_class="unknown_end", error_code="no_id_in_reply")
    again = sending.kind in CREATES and claimed.job.tries
    if decision.next is Next.REJECT and (again or sending.kind in ENDINGS):
        # Sent before: "exists already" may be our own earlier call, made visible late; and "cannot be cancelled" may
        # mean that it is. Look before believing it.
        decision = Decision(
            Next.VERIFY, error_class="refused", error_code=decision.error_code, hints=decision.hints, counted=True
        )
    return Outcome(claimed=claimed, decision=decision, effect=effect, reply=reply)


def _effect(tools: Tools, claimed: Claimed, prepared: Prepared, reply: Reply) -> Effect | None:
    sending = prepared.sending
    if sending.kind in FOREIGN:
        return Effect(removed=True)
    if sending.kind is JobKind.RUN_DROP_SESSION:
        record = claimed.record  # the run's own sessions were not told with it, and stay as they are
        parts = {UUID(ours): theirs for ours, theirs in record.parts.items()}
        return Effect(remote_id=record.remote_id, parts=parts, acked=False)
    return tools.dealings_of(claimed.job).effect_of(sending, prepared.claim, claimed.record, reply)


async def mark_sent(
    uow: UnitOfWork, departures: Sequence[Departure], settings: SyncSettings, people: PersonalVault
) -> list[Leave]:
    """Note that calls are about to leave, with exactly what they carry; the caller commits before the first byte.

    Only those that may leave now are to be made. The keys of everybody in them are one question.
    """
    await payload.hold_for(people, [departure.prepared.claim for departure in departures])
    records, jobs = await lock_all(uow, [departure.claimed for departure in departures])
    careful = await caution(uow, jobs, settings)
    leaves = []
    for departure in departures:
        claimed = departure.claimed
        job = jobs.get(claimed.job.id)
        if job is None or job.lease_token != claimed.token or job.state != JobState.IN_FLIGHT:
            leaves.append(Leave.NEVER)
            continue
        sealed = payload.seal(people, departure.prepared.claim, job.record_id)
        _note_departure(records[claimed.record.key], job, departure.prepared, sealed, uow.now(), settings)
        look = careful.wants_a_look(job.id, repeatable=job.repeatable)
        if look:
            job.sent_at = careful.since  # if ever, it left before that
        leaves.append(Leave.LOOK_FIRST if look else Leave.NOW)
    return leaves


def _note_departure(
    record: SyncRecord, job: SyncJob, prepared: Prepared, sealed: bytes, now: datetime, settings: SyncSettings
) -> None:
    record.acked_hash = None  # uncertain until the reply
    job.kind = prepared.sending.kind
    job.repeatable = prepared.sending.repeatable
    job.sent_at, job.sent_revision = now, prepared.revision
    job.payload_enc, job.payload_hash = sealed, prepared.digest
    job.natural_form = prepared.sending.form
    job.lease_until = now + settings.sync_lease


def accident(claimed: Claimed, error: BaseException, reply: Reply | None = None) -> Outcome:
    """An error nobody planned for; its class is kept, its text may hold anything and is not."""
    name = type(error).__name__
    log.error("sending failed unforeseen", job_id=str(claimed.job.id), kind=str(claimed.job.kind), error=name)
    again = Decision(Next.RETRY, error_class="unforeseen", error_code=name)
    return Outcome(claimed=claimed, decision=again, reply=reply, unforeseen=name)
