"""Carries out one claimed job: claim check, our own validation, `sent_at`, the call, the outcome."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Final

import structlog
from sqlalchemy import select
from sqlmodel import col

from libs.contracts.submissions import RunSubmission
from libs.contracts.tpg_sync import Hint
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import Refused
from libs.outbox.failpoints import failpoint
from libs.privacy.vault import Vault
from libs.tpgateway.rules.finding import blocking
from libs.tpgateway.submissions.run_findings import judge
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import Reply, TpgClient
from services.tpg_sync.engine import payload, runs
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.outcomes import Decision, Next, decide
from services.tpg_sync.engine.owner import OwnerAway, OwnerUnaware, fetch_run
from services.tpg_sync.engine.reading import Elsewhere, Found, Reader
from services.tpg_sync.engine.settle import Outcome, lock_all
from services.tpg_sync.models import JobKind, JobState, SyncJob, SyncRecord
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()

GONE: Final = frozenset({"cancelled", "discarded"})
HELD_ALREADY: Final = Decision(Next.SUCCEED)
"""Success without a call: nothing to send."""
UNFORESEEN: Final = "unforeseen"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a sender works with."""

    units: UnitsOfWork
    client: TpgClient
    reader: Reader
    vault: Vault
    owners: Owners
    settings: SyncSettings
    depart: Callable[["Departure"], Awaitable[bool]]
    """Commits `sent_at`; False when the lease was lost and nothing may leave."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A send that is ready to leave."""

    sending: runs.Sending
    submission: RunSubmission
    sealed: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Departure:
    """A call that leaves as soon as this is committed."""

    claimed: Claimed
    prepared: Prepared


async def carry_out(tools: Tools, claimed: Claimed) -> Outcome:
    """Do what the job asks for, once; never raises for the network, the owner or TPGateway."""
    job = claimed.job
    if job.state == JobState.VERIFYING:
        return await _look(tools, claimed)
    if job.kind == JobKind.RUN_SESSIONS:
        return await _learn_names(tools, claimed)
    prepared = await _prepare(tools, claimed)
    if isinstance(prepared, Outcome):
        return prepared
    return await _send(tools, claimed, prepared)


async def _send(tools: Tools, claimed: Claimed, prepared: Prepared) -> Outcome:
    if not await tools.depart(Departure(claimed, prepared)):
        return Outcome(claimed=claimed, decision=_retry("lease", "lease_lost"))
    await failpoint("sync.sent")
    call = prepared.sending.call
    reply = await tools.client.call(call, key=claimed.job.idempotency_key, attributes=attributes(claimed.job))
    await failpoint("sync.replied")
    return _judge(claimed, prepared, reply)


def _judge(claimed: Claimed, prepared: Prepared, reply: Reply) -> Outcome:
    sending = prepared.sending
    decision = decide(reply, repeatable=sending.repeatable)
    effect = None
    if decision.next is Next.REJECT and sending.kind is JobKind.RUN_DELETE and reply.status == HTTPStatus.NOT_FOUND:
        decision = Decision(Next.SUCCEED)  # it is not there: all that was wanted
    if decision.next is Next.SUCCEED:
        effect = runs.effect_of(sending, prepared.submission, claimed.record, reply)
        if effect is None:
            decision = Decision(Next.VERIFY, counted=True, error_class="unknown_end", error_code="no_run_id_in_reply")
    if decision.next is Next.REJECT and sending.kind is JobKind.RUN_PUBLISH and claimed.job.tries:
        # Sent before: "exists already" may be our own earlier call, made visible late. Look before believing it.
        decision = Decision(
            Next.VERIFY, error_class="refused", error_code=decision.error_code, hints=decision.hints, counted=True
        )
    return Outcome(claimed=claimed, decision=decision, effect=effect, reply=reply)


def _retry(error_class: str, code: str) -> Decision:
    return Decision(Next.RETRY, error_class=error_class, error_code=code)


async def _prepare(tools: Tools, claimed: Claimed) -> Prepared | Outcome:
    """Everything before the first byte; an Outcome when nothing is to be sent now."""
    job, record = claimed.job, claimed.record
    deleting = job.kind == JobKind.RUN_DELETE
    if _holds_already(record, job) or (deleting and record.remote_id is None):
        return Outcome(claimed=claimed, decision=HELD_ALREADY)
    submission = await _submission(tools, job)
    if isinstance(submission, OwnerAway):
        away = Decision(
            Next.RETRY, delay=tools.settings.sync_owner_retry, error_class="owner_away", error_code=submission.code
        )
        return Outcome(claimed=claimed, decision=away)
    if isinstance(submission, OwnerUnaware):
        unaware = Decision(Next.REJECT, error_class="owner", error_code="record_unknown_to_owner")
        return Outcome(claimed=claimed, decision=unaware)
    if submission.revision < job.record_revision:
        older = _retry("owner_away", "owner_behind")
        return Outcome(claimed=claimed, decision=older)
    if not deleting and submission.status in GONE:
        return Outcome(claimed=claimed, decision=HELD_ALREADY, superseded=True)
    return await _ready(tools, claimed, submission)


async def _ready(tools: Tools, claimed: Claimed, submission: RunSubmission) -> Prepared | Outcome:
    job, record, now = claimed.job, claimed.record, tools.units.clock.now()
    kind = JobKind(job.kind)
    digest = payload.digest(submission)
    if kind is not JobKind.RUN_DELETE and record.acked_hash == digest:
        return Outcome(claimed=claimed, decision=HELD_ALREADY)
    if kind is not JobKind.RUN_DELETE and None in record.parts.values():
        return await _name_first(tools, claimed, submission)
    named = runs.with_names(submission, record)
    hints = findings(kind, named, uen=tools.settings.tpg_uen, now=now)
    if hints:
        refused = Decision(Next.REJECT, error_class="invalid", error_code="invalid_locally", hints=hints)
        return Outcome(claimed=claimed, decision=refused)
    sending = runs.sending(kind, named, uen=tools.settings.tpg_uen, now=now)
    return Prepared(sending, submission, payload.seal(tools.vault, submission), digest)


def _holds_already(record: SyncRecord, job: SyncJob) -> bool:
    """Whether TPGateway acknowledged this revision, or a newer one, with nothing uncertain since.

    Revisions, not contents, are compared here: A, then B, then A again are three revisions.
    """
    if job.kind == JobKind.RUN_DELETE or record.acked_hash is None:
        return False
    return record.acked_revision is not None and record.acked_revision >= job.record_revision


async def _submission(tools: Tools, job: SyncJob) -> RunSubmission | OwnerAway | OwnerUnaware:
    """The stored claim check when there is one (a retry sends exactly what was sent), else a fresh one."""
    if job.payload_enc is not None:
        return payload.unseal(tools.vault, job.payload_enc, job.record_id)
    return await fetch_run(tools.owners, job.record_id)


def findings(kind: JobKind, submission: RunSubmission, *, uen: str, now: datetime) -> tuple[Hint, ...]:
    """What would be refused anyway, in our own field names; a removal has nothing to be wrong."""
    if kind is JobKind.RUN_DELETE:
        return ()
    found = blocking(judge(submission, now=now, uen=uen))
    return tuple(Hint(field=one.field, code=one.code, message=one.message, fix=one.fix) for one in found)


async def mark_sent(uow: UnitOfWork, departures: Sequence[Departure], settings: SyncSettings) -> list[bool]:
    """Note that calls are about to leave, with exactly what they carry; the caller commits before the first byte.

    False where the lease was lost: that call must not be made.
    """
    records, jobs = await lock_all(uow, [departure.claimed for departure in departures])
    noted = []
    for departure in departures:
        claimed = departure.claimed
        job = jobs.get(claimed.job.id)
        ours = job is not None and job.lease_token == claimed.token and job.state == JobState.IN_FLIGHT
        if job is not None and ours:
            _note_departure(records[claimed.record.record_id], job, departure.prepared, uow.now(), settings)
        noted.append(ours)
    return noted


def _note_departure(
    record: SyncRecord, job: SyncJob, prepared: Prepared, now: datetime, settings: SyncSettings
) -> None:
    record.acked_hash = None  # uncertain until the reply
    job.kind = prepared.sending.kind
    job.repeatable = prepared.sending.repeatable
    job.sent_at, job.sent_revision = now, prepared.submission.revision
    job.payload_enc, job.payload_hash = prepared.sealed, prepared.digest
    job.natural_form = prepared.sending.form
    job.lease_until = now + settings.sync_lease


def attributes(job: SyncJob) -> dict[str, str | int]:
    """What a call's span says of its job."""
    return {
        "tms.job_id": str(job.id),
        "tms.job_kind": str(job.kind),
        "tms.attempt": job.tries + 1,
        "tms.record_id": str(job.record_id),
    }


async def _look(tools: Tools, claimed: Claimed) -> Outcome:
    """Read back a call whose end is not known."""
    job, now = claimed.job, tools.units.clock.now()
    if job.payload_enc is None:
        raise Refused(f"job {job.id} is looked for, but what it sent was not kept")
    submission = payload.unseal(tools.vault, job.payload_enc, job.record_id)
    if job.kind == JobKind.RUN_EDIT:
        found = await tools.reader.lost_edit(job, submission, claimed.record, now, attributes(job))
    else:
        found = await tools.reader.lost_publish(job, submission, partial(_elsewhere, tools, job), now, attributes(job))
    if not found.whole:
        found = replace(found, decision=replace(found.decision, next=Next.VERIFY))
    return _outcome(claimed, found)


async def _elsewhere(tools: Tools, job: SyncJob) -> Elsewhere:
    """Other creates whose end is not known, and runs that belong to other records.

    Asked in this order: a create that ends between the two questions is in the second answer.
    """
    open_forms = select(col(SyncJob.natural_form)).where(
        col(SyncJob.state).in_((JobState.IN_FLIGHT, JobState.VERIFYING)),
        col(SyncJob.id) != job.id,
        col(SyncJob.natural_form).is_not(None),
    )
    bound = select(col(SyncRecord.remote_id)).where(
        col(SyncRecord.remote_id).is_not(None), col(SyncRecord.record_id) != job.record_id
    )
    async with tools.units.reading() as uow:
        forms = [form for form in (await uow.session.execute(open_forms)).scalars() if form]
        taken = {remote_id for remote_id in (await uow.session.execute(bound)).scalars() if remote_id}
    return Elsewhere(bound=taken, forms=forms)


async def _learn_names(tools: Tools, claimed: Claimed) -> Outcome:
    job = claimed.job
    if job.payload_enc is None or claimed.record.remote_id is None:
        return Outcome(claimed=claimed, decision=HELD_ALREADY, superseded=True)
    submission = payload.unseal(tools.vault, job.payload_enc, job.record_id)
    return _outcome(claimed, await tools.reader.sessions(submission, claimed.record, attributes(job)))


async def _name_first(tools: Tools, claimed: Claimed, submission: RunSubmission) -> Outcome:
    """An edit must name every session TPGateway has, or it would add it a second time: read the names, then send."""
    found = await tools.reader.sessions(submission, claimed.record, attributes(claimed.job))
    if found.effect is not None:
        again = Decision(Next.RETRY, delay=timedelta(0), error_class="reading", error_code="session_names_read")
        found = replace(found, decision=again)
    return _outcome(claimed, found)


def _outcome(claimed: Claimed, found: Found) -> Outcome:
    return Outcome(claimed=claimed, decision=found.decision, effect=found.effect, reply=found.reply, calls=found.calls)


def accident(claimed: Claimed, error: BaseException, reply: Reply | None = None) -> Outcome:
    """An error nobody planned for; its class is kept, its text may hold anything and is not."""
    name = type(error).__name__
    log.error("sending failed unforeseen", job_id=str(claimed.job.id), kind=str(claimed.job.kind), error=name)
    return Outcome(claimed=claimed, decision=_retry(UNFORESEEN, name), reply=reply, unforeseen=name)
