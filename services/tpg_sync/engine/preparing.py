"""Everything before the first byte: what there is to send, whether it may be sent, and as what."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from libs.contracts.submissions import EnrolmentSubmission
from libs.contracts.tpg_sync import Hint, RecordType
from libs.tpgateway.rules.finding import blocking
from services.tpg_sync.client.claims.claim import Claims, Known, OwnerAway, OwnerErased, OwnerUnaware
from services.tpg_sync.engine import payload
from services.tpg_sync.engine.caution import perhaps_there
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.looking import name_first
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.records.dealings import Effect
from services.tpg_sync.engine.records.foreign import dropping
from services.tpg_sync.engine.settle import Outcome
from services.tpg_sync.engine.tools import HELD_ALREADY, REJECTED_AS_ERASED, WAITS, Prepared, Tools, stored
from services.tpg_sync.models import REMOVALS, JobKind, SyncJob, SyncRecord
from services.tpg_sync.settings import SyncSettings


async def prepare(tools: Tools, claimed: Claimed) -> Prepared | Outcome:
    """A send that is ready to leave; an Outcome when nothing is to be sent now."""
    job, record = claimed.job, claimed.record
    removing = job.kind in REMOVALS
    if _holds_already(record, job, claimed.known) or (_takes_away(job) and record.remote_id is None):
        return Outcome(claimed=claimed, decision=HELD_ALREADY)
    if claimed.beside.missing(JobKind(job.kind), record):
        return Outcome(claimed=claimed, decision=WAITS)
    unseen = _not_seen_yet(tools, claimed)
    if unseen is not None:
        return Outcome(claimed=claimed, decision=unseen)
    claim = await _claim_check(tools, claimed)
    if isinstance(claim, Decision):
        return Outcome(claimed=claimed, decision=claim)
    if not removing and tools.claims_of(job).gone(claim):
        return Outcome(claimed=claimed, decision=HELD_ALREADY, superseded=True)
    return await _ready(tools, claimed, claim)


async def _ready(tools: Tools, claimed: Claimed, claim: BaseModel) -> Prepared | Outcome:
    job, record, now = claimed.job, claimed.record, tools.units.clock.now()
    name = _told_by_owner(record, claim)
    if name is not None:
        again = Decision(Next.RETRY, delay=timedelta(0), error_class="reading", error_code="name_told_by_owner")
        return Outcome(claimed=claimed, decision=again, effect=Effect(remote_id=name, acked=False))
    claims, removing = tools.claims_of(job), job.kind in REMOVALS
    digest = payload.digest(claims.content(claim))
    if not removing and (record.acked_hash == digest or (claims.takes_back(claim) and record.nothing_there)):
        return Outcome(claimed=claimed, decision=HELD_ALREADY)
    if not removing and None in record.parts.values():
        return await name_first(tools, claimed, claim)
    hints = () if removing else findings(claims, claim, claimed.known, settings=tools.settings, now=now)
    refused = Decision(Next.REJECT, error_class="invalid", error_code="invalid_locally", hints=hints)
    if hints and not await perhaps_there(tools.units, job.id, tools.settings):
        return Outcome(claimed=claimed, decision=refused)
    sending = tools.dealings_of(job).sending(JobKind(job.kind), claim, claimed.known, now=now)
    if hints and sending.repeatable:
        return Outcome(claimed=claimed, decision=refused)
    if job.kind is JobKind.RUN_DROP_SESSION:
        sending = dropping(sending, job.remote_ref or "")
    return Prepared(sending, claim, claims.revision(claim), digest)


def _takes_away(job: SyncJob) -> bool:
    """Where TPGateway has no such record, there is nothing to take away."""
    return job.kind in REMOVALS or job.kind is JobKind.RUN_DROP_SESSION


def _told_by_owner(record: SyncRecord, claim: BaseModel) -> str | None:
    """The name of an enrolment that was adopted: its owner had it from TPGateway, and we do not know it yet."""
    if not isinstance(claim, EnrolmentSubmission) or record.record_type is not RecordType.ENROLMENT:
        return None
    known = record.remote_id is not None or claim.remote_id in record.former_ids
    return None if known else claim.remote_id


def _not_seen_yet(tools: Tools, claimed: Claimed) -> Decision | None:
    """A run is not known to all of TPGateway at once: who enrols on it too early is refused. A wait, no attempt."""
    run = claimed.beside.run_of(claimed.record)
    if run is None or run.there_since is None or not claimed.record.nothing_there:
        return None
    left = run.there_since + tools.settings.visibility_window - tools.units.clock.now()
    if left <= timedelta(0):
        return None
    return Decision(Next.RETRY, delay=left, error_class="waiting", error_code="run_not_visible_yet")


def _holds_already(record: SyncRecord, job: SyncJob, known: Known) -> bool:
    """Whether TPGateway acknowledged this revision, or a newer one, with nothing uncertain since.

    Revisions, not contents, are compared here: A, then B, then A again are three revisions.
    """
    if job.record_type is RecordType.FEE and known.fee_carried >= job.record_revision:
        return True
    if job.kind in REMOVALS or record.acked_hash is None:
        return False
    return record.acked_revision is not None and record.acked_revision >= job.record_revision


async def _claim_check(tools: Tools, claimed: Claimed) -> BaseModel | Decision:
    """The stored claim check when there is one (a retry sends exactly what was sent), else a fresh one.

    An owner that is away, or behind its own events, costs no attempt.
    """
    job, claims = claimed.job, tools.claims_of(claimed.job)
    if job.payload_enc is not None:
        kept = await stored(tools, job, job.payload_enc)
        return REJECTED_AS_ERASED if kept is None else kept
    fetched: BaseModel | OwnerAway | OwnerUnaware = await claims.fetch(tools.owners, claimed.known)
    if isinstance(fetched, OwnerErased):
        return REJECTED_AS_ERASED
    if isinstance(fetched, OwnerUnaware):
        return Decision(Next.REJECT, error_class="owner", error_code="record_unknown_to_owner")
    if isinstance(fetched, OwnerAway):
        pause = tools.settings.sync_owner_retry
        return Decision(Next.RETRY, delay=pause, error_class="owner_away", error_code=fetched.code)
    if claims.revision(fetched) < job.record_revision:
        return Decision(Next.RETRY, error_class="owner_away", error_code="owner_behind")
    return fetched


def findings(
    claims: Claims[Any], claim: BaseModel, known: Known, *, settings: SyncSettings, now: datetime
) -> tuple[Hint, ...]:
    """What would be refused anyway, in our own field names; a removal has nothing to be wrong."""
    found = blocking(claims.findings(claim, known, settings=settings, now=now))
    return tuple(Hint(field=one.field, code=one.code, message=one.message, fix=one.fix) for one in found)
