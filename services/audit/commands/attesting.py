"""What becomes known of the log itself: that it was verified, that parts of it left, that its key signed a document."""

from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from libs.contracts.audit import AuditExported, ChainVerified, DocumentAttested
from libs.contracts.evidence import Attestation, AttestationWish
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.vault import Vault
from services.audit.commands.keys import signer_for
from services.audit.errors import KeyReplaced
from services.audit.models import Verdict
from services.audit.models.attestation import attestation_of

log = structlog.get_logger()

verifications = Counter("tms_audit_verifications_total", "Verifications of the audit log by outcome.", ("intact",))
intact = Gauge("tms_audit_intact", "1 when the last verification found the audit log whole, 0 when it did not.")
intact.set(float("nan"))  # nobody has looked yet: neither is true, and no alarm fires


def attest_verification(uow: UnitOfWork, verdict: Verdict) -> ChainVerified:
    """Put on record that the log was verified, with what came out; a fault is also logged as an error and counted."""
    fault = verdict.fault
    event = ChainVerified(
        verification_id=uow.new_id(),
        from_seq=verdict.from_seq,
        to_seq=verdict.to_seq,
        intact=verdict.intact,
        first_broken_seq=verdict.first_broken_seq,
        checkpoint_size=verdict.checkpoint,
        fault_part=fault.part.value if fault else None,
    )
    uow.emit(event)
    verifications.labels(str(verdict.intact).lower()).inc()
    intact.set(verdict.intact)
    if fault is not None:
        log.error("the audit log does not hold", seq=fault.seq, part=fault.part.value, fault=fault.why)
    return event


def record_export(uow: UnitOfWork, *, from_seq: int, to_seq: int, count: int, reason: str) -> UUID:
    """Put on record that entries left the system, and why; answers the export's id."""
    event = AuditExported(export_id=uow.new_id(), from_seq=from_seq, to_seq=to_seq, count=count).because(reason)
    uow.emit(event)
    return event.aggregate_id


async def attest_document(uow: UnitOfWork, vault: Vault, wish: AttestationWish) -> Attestation:
    """Sign for a document by its digest, and put that on record. Raises KeyReplaced when another key signs by now."""
    signer = await signer_for(uow, vault)
    if signer.key.id != wish.key_id:
        raise KeyReplaced(wish.key_id)
    signed = attestation_of(signer, attestation_id=uow.new_id(), purpose=wish.purpose, sha256=wish.sha256, at=uow.now())
    event = DocumentAttested(
        attestation_id=signed.id, purpose=signed.purpose, sha256=signed.sha256, key_id=signed.key_id
    )
    uow.emit(event.because(wish.reason))
    return signed
