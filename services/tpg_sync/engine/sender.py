"""Carries out one claimed job: claim check, our own validation, `sent_at`, the call, the outcome."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import structlog
from pydantic import BaseModel
from sqlalchemy import select
from sqlmodel import col

from libs.contracts.tpg_sync import Hint, RecordType
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import Refused
from libs.outbox.failpoints import failpoint
from libs.privacy.vault import Vault
from libs.tpgateway.rules.finding import blocking
from services.tpg_sync.client.claims.claim import Claims, Known, OwnerAway, OwnerUnaware
from services.tpg_sync.client.claims.registry import CLAIMS
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import Reply, TpgClient
from services.tpg_sync.engine import payload
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.outcomes import Decision, Next, decide
from services.tpg_sync.engine.pages import Pages
from services.tpg_sync.engine.records.dealings import Dealings, Elsewhere, Found, Search, Sending
from services.tpg_sync.engine.records.registry import DealingsOf
from services.tpg_sync.engine.settle import Outcome, lock_all
from services.tpg_sync.models import CREATES, READINGS, REMOVALS, JobKind, JobState, SyncJob, SyncRecord
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()

HELD_ALREADY: Final = Decision(Next.SUCCEED)
"""Success without a call: nothing to send."""
UNFORESEEN: Final = "unforeseen"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a sender works with."""

    units: UnitsOfWork
    client: TpgClient
    pages: Pages
    dealings: DealingsOf
    vault: Vault
    owners: Owners
    settings: SyncSettings
    depart: Callable[["Departure"], Awaitable[bool]]
    """Commits `sent_at`; False when the lease was lost and nothing may leave."""

    def claims_of(self, job: SyncJob) -> Claims[Any]:
        return CLAIMS[RecordType(job.record_type)]

    def dealings_of(self, job: SyncJob) -> Dealings[Any]:
        return self.dealings[RecordType(job.record_type)]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A send that is ready to leave."""

    sending: Sending
    claim: BaseModel
    revision: int
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
    if job.kind in READINGS:
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
    return _judge(tools, claimed, prepared, reply)


def _judge(tools: Tools, claimed: Claimed, prepared: Prepared, reply: Reply) -> Outcome:
    sending = prepared.sending
    decision = decide(reply, repeatable=sending.repeatable)
    effect = None
    if decision.next is Next.REJECT and sending.kind in REMOVALS and reply.status == HTTPStatus.NOT_FOUND:
        decision = Decision(Next.SUCCEED)  # it is not there: all that was wanted
    if decision.next is Next.SUCCEED:
        effect = tools.dealings_of(claimed.job).effect_of(sending, prepared.claim, claimed.record, reply)
        if effect is None:
            decision = Decision(Next.VERIFY, counted=True, error_class="unknown_end", error_code="no_id_in_reply")
    if decision.next is Next.REJECT and sending.kind in CREATES and claimed.job.tries:
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
    removing = job.kind in REMOVALS
    if _holds_already(record, job) or (removing and record.remote_id is None):
        return Outcome(claimed=claimed, decision=HELD_ALREADY)
    claim = await _claim_check(tools, claimed)
    if isinstance(claim, OwnerAway):
        away = Decision(
            Next.RETRY, delay=tools.settings.sync_owner_retry, error_class="owner_away", error_code=claim.code
        )
        return Outcome(claimed=claimed, decision=away)
    if isinstance(claim, OwnerUnaware):
        unaware = Decision(Next.REJECT, error_class="owner", error_code="record_unknown_to_owner")
        return Outcome(claimed=claimed, decision=unaware)
    claims = tools.claims_of(job)
    if claims.revision(claim) < job.record_revision:
        older = _retry("owner_away", "owner_behind")
        return Outcome(claimed=claimed, decision=older)
    if not removing and claims.gone(claim):
        return Outcome(claimed=claimed, decision=HELD_ALREADY, superseded=True)
    return await _ready(tools, claimed, claim)


async def _ready(tools: Tools, claimed: Claimed, claim: BaseModel) -> Prepared | Outcome:
    job, record, now = claimed.job, claimed.record, tools.units.clock.now()
    claims, removing = tools.claims_of(job), job.kind in REMOVALS
    digest = payload.digest(claims.content(claim))
    if not removing and record.acked_hash == digest:
        return Outcome(claimed=claimed, decision=HELD_ALREADY)
    if not removing and None in record.parts.values():
        return await _name_first(tools, claimed, claim)
    hints = () if removing else findings(claims, claim, claimed.known, settings=tools.settings, now=now)
    if hints:
        refused = Decision(Next.REJECT, error_class="invalid", error_code="invalid_locally", hints=hints)
        return Outcome(claimed=claimed, decision=refused)
    sending = tools.dealings_of(job).sending(JobKind(job.kind), claim, claimed.known, now=now)
    sealed = payload.seal(tools.vault, claim, job.record_id)
    return Prepared(sending, claim, claims.revision(claim), sealed, digest)


def _holds_already(record: SyncRecord, job: SyncJob) -> bool:
    """Whether TPGateway acknowledged this revision, or a newer one, with nothing uncertain since.

    Revisions, not contents, are compared here: A, then B, then A again are three revisions.
    """
    if job.kind in REMOVALS or record.acked_hash is None:
        return False
    return record.acked_revision is not None and record.acked_revision >= job.record_revision


async def _claim_check(tools: Tools, claimed: Claimed) -> BaseModel | OwnerAway | OwnerUnaware:
    """The stored claim check when there is one (a retry sends exactly what was sent), else a fresh one."""
    job, claims = claimed.job, tools.claims_of(claimed.job)
    if job.payload_enc is not None:
        return _stored(tools, job, job.payload_enc)
    fetched: BaseModel | OwnerAway | OwnerUnaware = await claims.fetch(tools.owners, claimed.record)
    return fetched


def _stored(tools: Tools, job: SyncJob, sealed: bytes) -> BaseModel:
    stored: BaseModel = tools.claims_of(job).model.model_validate_json(
        payload.unseal(tools.vault, sealed, job.record_id)
    )
    return stored


def findings(
    claims: Claims[Any], claim: BaseModel, known: Known, *, settings: SyncSettings, now: datetime
) -> tuple[Hint, ...]:
    """What would be refused anyway, in our own field names; a removal has nothing to be wrong."""
    found = blocking(claims.findings(claim, known, settings=settings, now=now))
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
    job.sent_at, job.sent_revision = now, prepared.revision
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
    claim = _stored(tools, job, job.payload_enc)
    search = Search(job, claimed.known, partial(_elsewhere, tools, job), now, attributes(job))
    found = await tools.dealings_of(job).look(tools.pages, claim, search)
    if not found.whole:
        found = replace(found, decision=replace(found.decision, next=Next.VERIFY))
    return _outcome(claimed, found)


async def _elsewhere(tools: Tools, job: SyncJob) -> Elsewhere:
    """Other creates whose end is not known, and remote records that belong to others of ours.

    Asked in this order: a create that ends between the two questions is in the second answer.
    """
    open_forms = select(col(SyncJob.natural_form)).where(
        col(SyncJob.state).in_((JobState.IN_FLIGHT, JobState.VERIFYING)),
        col(SyncJob.record_type) == job.record_type,
        col(SyncJob.id) != job.id,
        col(SyncJob.natural_form).is_not(None),
    )
    bound = select(col(SyncRecord.remote_id)).where(
        col(SyncRecord.record_type) == job.record_type,
        col(SyncRecord.remote_id).is_not(None),
        col(SyncRecord.record_id) != job.record_id,
    )
    async with tools.units.reading() as uow:
        forms = [form for form in (await uow.session.execute(open_forms)).scalars() if form]
        taken = {remote_id for remote_id in (await uow.session.execute(bound)).scalars() if remote_id}
    return Elsewhere(bound=taken, forms=forms)


async def _learn_names(tools: Tools, claimed: Claimed) -> Outcome:
    job = claimed.job
    if job.payload_enc is None or claimed.record.remote_id is None:
        return Outcome(claimed=claimed, decision=HELD_ALREADY, superseded=True)
    return _outcome(claimed, await _names(tools, claimed, _stored(tools, job, job.payload_enc)))


async def _names(tools: Tools, claimed: Claimed, claim: BaseModel) -> Found:
    return await tools.dealings_of(claimed.job).learn_names(tools.pages, claim, claimed.known, attributes(claimed.job))


async def _name_first(tools: Tools, claimed: Claimed, claim: BaseModel) -> Outcome:
    """An edit must name every session TPGateway has, or it would add it a second time: read the names, then send."""
    found = await _names(tools, claimed, claim)
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
