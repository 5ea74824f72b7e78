"""Everything the audit service refuses."""

from datetime import timedelta
from uuid import UUID

from libs.errors import Conflict, FieldError, Invalid, Unavailable


class RangeTooLarge(Invalid):
    code = "range_too_large"

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(
            f"The range holds {count} entries; one export takes {limit}.",
            [FieldError("to_seq", "too_large", f"at most {limit} entries", "Export the range in parts.")],
        )


class RangeReversed(Invalid):
    code = "range_reversed"

    def __init__(self) -> None:
        super().__init__(
            "The range ends before it starts.",
            [FieldError("to_seq", "before_from_seq", "must not be below from_seq", "Swap the two numbers.")],
        )


class LogBroken(Conflict):
    """The evidence does not hold, so nothing is signed or proven on it."""

    code = "audit_log_broken"

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"The audit log does not hold from entry {seq} on: {why}.", allowed=["audit/verify"])
        self.seq = seq


class NotSealedYet(Conflict):
    """No checkpoint covers the entry, so there is nothing signed to prove it by."""

    code = "entry_not_sealed"

    def __init__(self, seq: int, size: int) -> None:
        super().__init__(
            f"Entry {seq} is not under a checkpoint yet; the newest covers {size} entries. Ask again in a few minutes.",
            allowed=["wait"],
        )


class SizesReversed(Invalid):
    code = "sizes_reversed"

    def __init__(self) -> None:
        super().__init__(
            "The older checkpoint must not be the larger one.",
            [FieldError("from", "above_to", "must not be above `to`", "Swap the two sizes.")],
        )


class NothingToExport(Invalid):
    code = "nothing_to_export"

    def __init__(self) -> None:
        super().__init__(
            "No entry is as you ask, so there is nothing to prove.",
            [FieldError("from_seq", "matches_nothing", "no entry matches", "Ask for a wider range or other records.")],
        )


class WindowReversed(Invalid):
    code = "window_reversed"

    def __init__(self) -> None:
        super().__init__(
            "The window ends before it begins.",
            [FieldError("to_at", "not_after_from_at", "must be after from_at", "Give a later to_at.")],
        )


class NotHeardYet(Unavailable):
    """A fact that was told is not in the log: it is on its way, or the log has lost it."""

    code = "entries_not_heard"

    def __init__(self, missing: int, subject_type: str, subject_id: UUID, heard: int, told: int) -> None:
        super().__init__(
            f"The audit log has not heard everything that was told: {heard} of {told} facts about"
            f" {subject_type} {subject_id}, and others of {missing} records in all.",
            retry_after=timedelta(seconds=2),
        )


class KeyReplaced(Unavailable):
    """The key was rotated between the extract and the signature: both are to be had anew, of one key."""

    code = "audit_key_replaced"

    def __init__(self, key_id: UUID) -> None:
        super().__init__(
            f"The key {key_id} signs no more; ask for the extract again.", retry_after=timedelta(seconds=1)
        )
