"""Everything the audit service refuses."""

from libs.errors import FieldError, Invalid


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
