"""What audit says about its own chain."""

from uuid import UUID

from libs.contracts.event import Event


class ChainVerified(Event, type="audit.chain_verified", key="verification_id"):
    """The hash chain was read from `from_seq` to `to_seq`; `intact` tells whether every link held."""

    verification_id: UUID
    from_seq: int
    to_seq: int
    intact: bool
    first_broken_seq: int | None = None
    checkpoint_size: int | None = None
    """The newest checkpoint whose signed root was reproduced on the way."""
    fault_part: str | None = None
    """What is wrong when it is not intact: `entry`, `node`, `checkpoint` or `key`."""


class CheckpointMade(Event, type="audit.checkpoint_made", key="checkpoint_id"):
    """The first `tree_size` entries were sealed: their tree has this root, and this key signed it (both in hex).

    Who keeps it outside can show later that the log was only ever added to.
    """

    checkpoint_id: UUID
    tree_size: int
    root_hash: str
    key_id: UUID
    signature: str


class AuditKeyRotated(Event, type="audit_key.rotated", key="key_id"):
    """Checkpoints are signed by another key from now on; `public_key` is in hex."""

    key_id: UUID
    public_key: str


class AuditExported(Event, type="audit.exported", key="export_id"):
    """Someone took a copy of entries `from_seq` to `to_seq` out of the system."""

    export_id: UUID
    from_seq: int
    to_seq: int
    count: int


class DocumentAttested(Event, type="audit.attested", key="attestation_id"):
    """The audit log's key signed for a document, known here by its digest (in hex) and what it is for alone."""

    attestation_id: UUID
    purpose: str
    sha256: str
    key_id: UUID
