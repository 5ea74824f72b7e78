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


class AuditExported(Event, type="audit.exported", key="export_id"):
    """Someone took a copy of entries `from_seq` to `to_seq` out of the system."""

    export_id: UUID
    from_seq: int
    to_seq: int
    count: int
