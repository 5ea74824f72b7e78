"""The audit service's own knobs."""

from datetime import timedelta

from pydantic import Field

from libs.chassis.settings import ServiceSettings


class AuditSettings(ServiceSettings):
    verify_batch: int = Field(default=5_000, ge=1)
    """Entries read at a time while the log is verified; bounds memory."""
    verify_every: timedelta = timedelta(hours=12)
    """How often the service reads its whole log again of itself."""
    verify_poll: timedelta = timedelta(minutes=5)
    export_limit: int = Field(default=100_000, ge=1)
    """Entries one export may hold; larger ranges are taken in parts."""
    export_selection_limit: int = Field(default=10_000, ge=1)
    """Entries one export of chosen records may hold: each brings a proof of its own."""

    checkpoint_entries: int = Field(default=1_000, ge=1)
    """So many new entries make a checkpoint due at once."""
    checkpoint_wait: timedelta = timedelta(minutes=5)
    """An entry waits no longer than this for its checkpoint; until then only the chain guards it."""
    checkpoint_most: int = Field(default=50_000, ge=1)
    """Entries one checkpoint adds at most; the rest follows in the next, at once."""
    checkpoint_poll: timedelta = timedelta(seconds=5)
    checkpoint_key_lifetime: timedelta = timedelta(days=365)

    breach_threshold: int = Field(default=500, ge=1)
    """So many persons concerned make a breach notifiable whatever the harm (PDPA; change it when the law does)."""
