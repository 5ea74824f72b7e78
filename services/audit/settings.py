"""The audit service's own knobs."""

from libs.chassis.settings import ServiceSettings


class AuditSettings(ServiceSettings):
    verify_batch: int = 5_000
    """Entries read at a time while the chain is verified; bounds memory."""
    export_limit: int = 100_000
    """Entries one export may hold; larger ranges are taken in parts."""
