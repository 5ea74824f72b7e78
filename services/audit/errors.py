"""Everything the audit service refuses."""

from libs.errors import Conflict, FieldError, Invalid


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
