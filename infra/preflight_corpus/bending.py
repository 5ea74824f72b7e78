"""How a sound body is bent: each way by name, at one place, by what stands there.

A bend makes another body or says that it does not fit. Whether the outcome is wrong is for both readings to say; many
bends leave a body sound, and those prove that neither reading is too strict.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from random import Random
from typing import Any, Final

from infra.preflight_corpus.case import Json, Place, value_at, with_value, without

Bend = Callable[[Random, Any], Any]
"""From the value that stands there to another; ABSENT takes it away, UNFIT where the bend makes no sense."""


class _Mark:
    """A value that no JSON has."""


ABSENT: Final = _Mark()
UNFIT: Final = _Mark()
_LENGTHS: Final = (2, 3, 4, 5, 6, 7, 11, 13, 16, 21, 31, 33, 51, 67, 101, 129, 201, 256, 301, 321, 1001)
_CODES: Final = (
    *("0", "5", "10", "14", "Z", "XX", "a", "pass", "Void", "Cancelled", "Rejected", "EMPLOYEE", "NRIC ", "Passport"),
    *("Mandarin", "EN", "SG", "createdon", "ASC", "Update", "CANCEL", "void", "replace", "01", "1"),
)
_DAYS: Final = ("2026-02-30", "2026-13-01", "2026-3-2", "23/03/2026", "2026-03-23T00:00:00", "0000-01-01", "tomorrow")
_OTHER_DAYS: Final = ("1899-12-31", "2020-01-01", "2026-03-01", "2026-03-02", "2026-03-22", "2026-04-30", "9999-12-31")
_TIMES: Final = ("24:00", "25:00", "9:00", "09:60", "0900", "09:00:61", "09:00:00.5", "00:00", "23:59", "noon", "9 am")
_UENS: Final = (
    *("201212345K", "00192200M", "T01XX6132D", "T01FC6132D", "1974O1143C", "19740114C", "U01FC6132D", "s16fc0121d"),
    *("201212345K-01", "197401143C-1", "197401143C-001", "197401143C-AB", "197401143C", "-01", "197401143c-01"),
)
_IDENTITIES: Final = ("S1234567A", "A1234567D", "S123456D", "s1234567d", "G1234567X", "F1234567N", "M1234567K", "12345")
_EMAILS: Final = (
    "nobody",
    "a@b",
    "a b@example.com",
    "@example.com",
    "a@@example.com",
    "a@example.com ",
    "ä@example.com",
)
_PHONES: Final = (
    "+",
    "65+",
    "++65",
    "+65 ",
    "sixty-five",
    "123456",
    "61234567",
    "0",
    "+0",
    "99999",
    "9123456\uff17",
)
_NUMBERS: Final = (-1, -0.5, 0, 0.4999, 0.5, 8.0001, 8.5, 100, 101, 999, 1000, 65.0, 99_999, 100_000, 10**18, 1e30)
_NO_NUMBERS: Final = (float("nan"), float("inf"))
_TYPES: Final[tuple[Any, ...]] = ({}, [], True, 0, 1.5, "text", ["text"], [{}], {"code": "1"}, [None], [[]])
_ARABIC: Final[dict[int, str]] = {ord("0") + digit: chr(0x660 + digit) for digit in range(10)}
_FULL_WIDTH: Final[dict[int, str]] = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}


def _text(change: Callable[[Random, str], Any]) -> Bend:
    """A bend of texts alone."""
    return lambda rng, value: change(rng, value) if isinstance(value, str) else UNFIT


def _number(change: Callable[[Random, Any], Any]) -> Bend:
    return lambda rng, value: change(rng, value) if type(value) in {int, float} else UNFIT


def _list(change: Callable[[Random, list[Any]], Any]) -> Bend:
    return lambda rng, value: change(rng, value) if isinstance(value, list) else UNFIT


def _longer(rng: Random, value: str) -> str:
    lengths = [length for length in _LENGTHS if length > len(value)]
    length = rng.choice(lengths[:4]) if lengths else len(value) + 1
    return value.ljust(length, rng.choice(("x", "x", "1", "李")))


def _another_type(rng: Random, value: Any) -> Any:
    others = [one for one in _TYPES if type(one) is not type(value)]
    return rng.choice(others)


def _as_another(_: Random, value: Any) -> Any:
    """A number as text, text as a number, the things inside an object as a list, and the other way round."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return int(value) if re.fullmatch(r"[0-9]{1,18}", value) else 7
        case dict():
            return [value]
        case list():
            return value[0] if value else {}
        case _:
            return UNFIT


def _other_day(rng: Random, value: Any) -> Any:
    """Another day in the shape of the one that stands there."""
    day = rng.choice(_OTHER_DAYS)
    match value:
        case bool():
            return UNFIT
        case int() if 19_000_000 < value < 100_000_000:  # noqa: PLR2004 - numbers that are days
            return int(day.replace("-", ""))
        case str() if re.fullmatch(r"[0-9]{8}", value):
            return day.replace("-", "")
        case str() if re.fullmatch(r"[0-9-]{10}", value):
            return day
        case _:
            return UNFIT


def _no_day(rng: Random, value: Any) -> Any:
    match value:
        case bool():
            return UNFIT
        case int() if 19_000_000 < value < 100_000_000:  # noqa: PLR2004 - as above
            return rng.choice((20260230, 20261301, 202603, 2026032, 202603230, 0, 20260323.0, "2026-03-23"))
        case str() if re.fullmatch(r"[0-9-]{8,10}", value):
            return rng.choice((*_DAYS, value.replace("-", "") if "-" in value else f"{value[:4]}-{value[4:6]}"))
        case _:
            return UNFIT


def _like(pattern: str, others: tuple[str, ...]) -> Bend:
    """One of the others, where a text of that kind stands."""
    return _text(lambda rng, value: rng.choice(others) if re.fullmatch(pattern, value) else UNFIT)


_BENDS: Final[Mapping[str, Bend]] = {
    "missing": lambda _, __: ABSENT,
    "null": lambda _, value: UNFIT if value is None else None,
    "empty": lambda _, value: type(value)() if isinstance(value, str | dict | list) and value else UNFIT,
    "blank": _text(lambda rng, _: rng.choice((" ", "   ", "\t", "\n"))),
    "longer": _text(_longer),
    "much longer": _text(lambda rng, value: value + "x" * rng.choice((400, 1100))),
    "other type": _another_type,
    "as another type": _as_another,
    "other code": _text(lambda rng, value: rng.choice(_CODES) if len(value) < 20 else UNFIT),  # noqa: PLR2004 - codes are short
    "other case": _text(
        lambda _, value: UNFIT if value == value.swapcase() else value.lower() if value.isupper() else value.upper()
    ),
    "spaces around": _text(lambda rng, value: rng.choice((f" {value}", f"{value} ", f"{value}\n"))),
    "other script": _text(
        lambda rng, value: rng.choice(
            ("李小明", "नमस्ते", "😀", f"{value}\u00a0", value.translate(_ARABIC), value.translate(_FULL_WIDTH))
        )
    ),
    "no day": _no_day,
    "other day": _other_day,
    "other time": _like(r"\d\d:\d\d(:\d\d)?", _TIMES),
    "negative": _number(lambda rng, _: rng.choice((-1, -7, -(10**12)))),
    "other number": _number(lambda rng, _: rng.choice(_NUMBERS)),
    "no number": _number(lambda rng, _: rng.choice(_NO_NUMBERS)),
    "other UEN": _like(r"[RST]?\d{2,9}[A-Z]{1,2}.*", _UENS),
    "other identity": _like(r"[STFGM]\d{7}[A-Z]", _IDENTITIES),
    "no email": _like(r"\S+@\S+", _EMAILS),
    "other phone": _like(r"\+?[\d ]+", _PHONES),
    "twice": _list(lambda _, value: [*value, *value] if value else UNFIT),
    "nothing inside": _list(lambda rng, value: [*value, rng.choice((None, {}, "text", []))]),
    "more inside": lambda rng, value: (
        {**value, rng.choice(("extra", "Name", "phone")): "x"} if isinstance(value, dict) else UNFIT
    ),
}
WAYS: Final = tuple(_BENDS)


def bent(rng: Random, body: Json, way: str, place: Place) -> Json | None:
    """The body bent in that way at that place; None where the bend does not fit or changes nothing."""
    value = value_at(body, place)
    other = _BENDS[way](rng, value)
    if other is UNFIT or (type(other) is type(value) and other == value):
        return None
    return without(body, place) if other is ABSENT else with_value(body, place, other)


def swapped(body: Json, places: list[Place]) -> Iterator[tuple[str, Json]]:
    """Every two neighbours of one type, the one for the other: dates reversed, an address for a name."""
    for first, second in pairwise(places):
        one, other = value_at(body, first), value_at(body, second)
        if first[:-1] == second[:-1] and type(one) is type(other) and one != other and not isinstance(one, dict | list):
            yield f"{first[-1]} and {second[-1]} swapped", with_value(with_value(body, first, other), second, one)
