"""Correlation ids from outside."""

from uuid import UUID

_TEXT_LENGTH = 36


def read_correlation(text: str | None) -> UUID | None:
    """A correlation id from outside, when it is a UUID; anything else is not taken over."""
    if text is None or len(text) != _TEXT_LENGTH:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
