"""What a value must look like to be shown: each shape admits so little that a person's data does not fit it.

A field that is allowed by name still shows nothing else than its shape: what somebody typed into the wrong field is
masked there like anywhere.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

MASK: Final = "***"
Shape = Callable[[object], bool]

_OLDEST_YEAR, _LAST_YEAR = 2010, 2099
"""Younger than anybody who is trained: a day of birth is never taken for a day of training."""
_MOST_HOURS: Final = 24
_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_STAMP: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?")
_STATES: Final = frozenset(
    {
        *("add", "update", "delete", "cancel", "void"),
        *("confirmed", "unconfirmed", "rejected", "tp voided", "cancelled"),
        *("pending payment", "partial payment", "full payment"),
        *("employer", "individual", "nric", "fin", "others"),
        *("createdon", "updatedon", "asc", "desc"),
        *("yes", "no", "true", "false", "manual", "singpass"),
    }
)


def hidden(value: object) -> bool:
    """Never shown: somebody's, or free text, where anything may stand."""
    return value is None or value in ("", [], {})


def flag(value: object) -> bool:
    return isinstance(value, bool)


def count(value: object) -> bool:
    """A small whole number: too short for a phone or an identity."""
    return _whole(value) and len(str(value)) <= 5  # noqa: PLR2004 - digits


def number(value: object) -> bool:
    """A remote number, as of a run or a row. Longer ones could be a telephone's, a passport's or a day of birth."""
    return _whole(value) and len(str(value)) <= 7  # noqa: PLR2004 - digits


def hours(value: object) -> bool:
    try:
        return not isinstance(value, bool) and 0 <= float(str(value)) <= _MOST_HOURS
    except ValueError:
        return False


def day(value: object) -> bool:
    """`20260323` or `2026-03-23`, of the years in which training may happen."""
    found = _DAY.fullmatch(str(value)) if not isinstance(value, bool) else None
    if found is None or not _OLDEST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return False
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


def stamp(value: object) -> bool:
    found = _STAMP.fullmatch(value) if isinstance(value, str) else None
    return found is not None and day(found[1])


def state(value: object) -> bool:
    """One of TPGateway's own words for how something stands, or for what is to be done with it."""
    return isinstance(value, str) and value.strip().casefold() in _STATES


def _matches(pattern: str) -> Shape:
    compiled = re.compile(pattern)

    def fits(value: object) -> bool:
        return isinstance(value, str | int) and not isinstance(value, bool) and bool(compiled.fullmatch(str(value)))

    return fits


clock: Final = _matches(r"\d{2}:\d{2}(:\d{2})?")
code: Final = _matches(r"[A-Z]{1,2}|\d{1,3}")
"""An entry of a code list: `SP`, `1`, `01`."""
reference: Final = _matches(r"[A-Z]{3}-\d{2,12}(-\d{1,12}){0,2}(-S\d{1,4})?")
"""What TPGateway names courses, sessions, enrolments and assessments: `TGS-2026000123-849900-S1`, `ENR-2603-000123`."""
uen: Final = _matches(r"\d{8,9}[A-Z]|[RST]\d{2}[A-Z]{2}\d{4}[A-Z]")
partner: Final = _matches(r"(\d{8,9}[A-Z]|[RST]\d{2}[A-Z]{2}\d{4}[A-Z])(-\d{1,2})?")
skill: Final = _matches(r"[A-Z]{2,5}(-[A-Z]{2,5})?-\d{3,5}-\d{1,2}(\.\d{1,2})?")
refusal: Final = _matches(r"TGS-\d{3,4}|\d{3}")
"""The code of a refusal: TPGateway's own, or an HTTP status."""
unique: Final = _matches(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _whole(value: object) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, str) and value.isdecimal()))
