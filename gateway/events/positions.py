"""Where a reader of every service's log stands: one position each, in one opaque word. Nothing of it is kept here."""

from collections.abc import Mapping

from libs.web.cursors import WrongCursor, read_cursor, write_cursor

LONGEST = 8_000
_PAIR = 2


def write_positions(positions: Mapping[str, str]) -> str:
    return write_cursor(tuple([service, position] for service, position in sorted(positions.items())))


def read_positions(word: str) -> dict[str, str]:
    """Raises WrongCursor for what is none of ours."""
    if len(word) > LONGEST:
        raise WrongCursor
    positions: dict[str, str] = {}
    for entry in read_cursor(word):
        if not (isinstance(entry, list) and len(entry) == _PAIR and all(isinstance(part, str) for part in entry)):
            raise WrongCursor
        positions[entry[0]] = entry[1]
    return positions
