"""Correlation ids from outside."""

import re
from uuid import UUID

# UUID() alone reads more than the one form: braces, hyphens anywhere, digits parted by underscores.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def read_correlation(text: str | None) -> UUID | None:
    """A correlation id from outside, when it is a UUID; anything else is not taken over."""
    return UUID(text) if text is not None and _UUID.fullmatch(text) else None
