"""Cursors, opaque to the caller: a few plain values in one word. Needs no web framework: the gateway has them too."""

import base64
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.errors import FieldError, Invalid

Key = str | int | datetime | UUID | tuple[Any, ...]


class WrongCursor(Invalid):
    """The cursor is not one of this list's."""

    code = "wrong_cursor"

    def __init__(self) -> None:
        fix = "Take next_cursor from the page before, unchanged, or leave it out to start again."
        field = FieldError("cursor", "malformed", "This cursor does not belong to this list.", fix)
        super().__init__("The cursor cannot be used.", [field])


def write_cursor(key: Key) -> str:
    """One word for a key of one or several values; ids and instants travel as text."""
    values = list(key) if isinstance(key, tuple) else [key]
    text = json.dumps([_plain(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> list[Any]:
    """The values of a cursor; raises WrongCursor for what is none."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise WrongCursor from None
    if not isinstance(values, list):
        raise WrongCursor
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | list) else str(value)
