"""Tells a database in trouble from a program in error."""

from enum import Enum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

BUSY_STATES = frozenset({"40001", "40P01", "55P03"})
"""Serialisation failure, deadlock, lock timeout: the same transaction may well succeed at once."""
AWAY_PREFIXES = ("08", "57P", "53")
"""Connection lost, shutting down or starting, out of resources."""
UNKEEPABLE_STATES = frozenset({"22021", "22P05"})
"""Characters no database text can hold: NUL, in a text or inside a JSON document."""


class Trouble(Enum):
    BUSY = "busy"
    AWAY = "away"


def trouble_of(error: BaseException) -> Trouble | None:
    """What the error says about the database; None when it says something about the program or the data."""
    if isinstance(error, PoolTimeout | ConnectionError):
        return Trouble.AWAY
    if not isinstance(error, DBAPIError):
        return None
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in BUSY_STATES:
        return Trouble.BUSY
    if error.connection_invalidated or state.startswith(AWAY_PREFIXES):
        return Trouble.AWAY
    return Trouble.AWAY if isinstance(error, InterfaceError | OperationalError) and not state else None


def is_unkeepable(error: BaseException) -> bool:
    """Whether the data holds a character that the database cannot keep: the sender's mistake, not ours."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in UNKEEPABLE_STATES
