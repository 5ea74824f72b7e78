"""What the audit log's key says of another service's document: its digest, what it is for, and when.

statement = "hawker-boys-tms/audit-attestation/v1", id, purpose, SHA-256 of the document (hex), attested at, key id, a
            line each; the heading keeps it from ever passing for a checkpoint or a key
signature = Ed25519 over the statement
"""

from datetime import datetime
from uuid import UUID

from libs.contracts.evidence import Attestation
from services.audit.models.instant import told_at
from services.audit.models.key import Signer

HEADING = "hawker-boys-tms/audit-attestation/v1"


def attestation_of(signer: Signer, *, attestation_id: UUID, purpose: str, sha256: str, at: datetime) -> Attestation:
    """The signed statement."""
    parts = (HEADING, str(attestation_id), purpose, sha256, told_at(at), str(signer.key.id))
    return Attestation(
        id=attestation_id,
        purpose=purpose,
        sha256=sha256,
        attested_at=told_at(at),
        key_id=signer.key.id,
        signature=signer.sign("\n".join(parts).encode()).hex(),
    )
