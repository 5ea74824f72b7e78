"""How values stand on TPGateway's wire: camel-case names, dates as numbers here and as text there, times of day.

Python code holds real dates and times; only these types know the spellings. Requests forbid keys the contract does
not have, replies ignore keys we do not know, and neither ever quotes a value in an error.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StrictBool, StrictInt, StringConstraints
from pydantic.alias_generators import to_camel

from libs.sources import SINGAPORE

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_DASHED_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_DIGITS: Final = 25
_TIME: Final = re.compile(r"\d{2}:\d{2}(:\d{2})?")


def _day(text: str) -> date:
    """From `20260323` or `2026-03-23`; the error never repeats the text."""
    if _DAY.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise ValueError("not a calendar day")


def _from_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, date)):
        raise ValueError("a number like 20260323 is needed")  # noqa: TRY004 - pydantic collects ValueErrors
    return _day(str(value)) if isinstance(value, int) else value


def _from_text(value: object) -> object:
    if not isinstance(value, (str, date)):
        raise ValueError("text like 20260323 is needed")  # noqa: TRY004 - pydantic collects ValueErrors
    return _day(value) if isinstance(value, str) else value


def _from_dashes(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DASHED_DAY.fullmatch(value):
        return _day(value)
    raise ValueError("text like 2026-03-23 is needed")


def _filter_day(value: object) -> object:
    """In a search, an empty text filters nothing, as if it were not there."""
    return None if value in (None, "") else _from_dashes(value)


def _number_of(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("a number is needed")  # noqa: TRY004 - pydantic collects ValueErrors
    return _decimal(str(value))


def _decimal(text: str) -> Decimal:
    """Of a size that can be written out: a short text may stand for a number of a billion digits."""
    with suppress(ArithmeticError):
        number = Decimal(text)
        if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS:
            return number
    raise ValueError("not a number")


def _seen_number(value: object) -> Decimal | None:
    """A number told as a number or as text; an empty text is none."""
    text = "" if value is None else str(value).strip().replace(",", "")
    return _decimal(text) if text else None


def _seen_whole(value: object) -> int | None:
    number = _seen_number(value)
    if number is None or number == number.to_integral_value():
        return None if number is None else int(number)
    raise ValueError("not a whole number")


def _seen_stamp(value: object) -> datetime | None:
    """UTC where a zone stands beside it, else Singapore's time; what is no stamp is none, for nothing hangs on it."""
    with suppress(ValueError):
        stamp = datetime.fromisoformat(str(value or "").strip())
        return (stamp if stamp.tzinfo else stamp.replace(tzinfo=SINGAPORE)).astimezone(UTC)
    return None


def _from_either(value: object) -> object:
    """Replies change the shape of a date between views; nothing at all is told as null, 0 or an empty text."""
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    return _day(text) if text else None


def _time(value: object) -> object:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and _TIME.fullmatch(value):
        with suppress(ValueError):
            return time.fromisoformat(value)
    raise ValueError("not a time of day like 09:00")


def _time_or_none(value: object) -> object:
    return _time(value) if value not in (None, "") else None


def _number(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def _digits(day: date) -> str:
    return f"{day:%Y%m%d}"


def _dashes(day: date) -> str:
    return day.isoformat()


def _dashes_or_none(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _json_number(number: Decimal) -> int | float:
    """JSON knows no decimals. Up to 15 digits a float is written with exactly the digits it was made of."""
    return int(number) if number == number.to_integral_value() else float(number)


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"


NumberDay = Annotated[date, BeforeValidator(_from_number), PlainSerializer(_number)]
"""A run's dates: the JSON number `20260323`."""
TextDay = Annotated[date, BeforeValidator(_from_text), PlainSerializer(_digits)]
"""A session's dates: the text `20260323`; `2026-03-23` is read too."""
ClockTime = Annotated[time, BeforeValidator(_time), PlainSerializer(_clock)]
"""`HH:MM` in Singapore; `HH:MM:SS` is read too."""
DashDay = Annotated[date, BeforeValidator(_from_dashes), PlainSerializer(_dashes)]
"""The dates of enrolments and assessments: the text `2026-03-23`, and no other."""
FilterDay = Annotated[date | None, BeforeValidator(_filter_day), PlainSerializer(_dashes_or_none)]
"""The same in a search, where an empty text filters nothing."""
Number = Annotated[Decimal, BeforeValidator(_number_of), PlainSerializer(_json_number)]
"""A JSON number, never text; decimals allowed."""
SeenNumber = Annotated[Decimal | None, BeforeValidator(_seen_number)]
"""A number of a reply, told as a number or as text."""
SeenWhole = Annotated[int | None, BeforeValidator(_seen_whole)]
SeenStamp = Annotated[datetime | None, BeforeValidator(_seen_stamp)]
"""A record's stamp: aware, in UTC, whichever of the two ways it was told."""
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""What TPGateway named something; nothing is no name."""
SeenDay = Annotated[date | None, BeforeValidator(_from_either)]
"""A date of a reply, in whichever shape it comes."""
SeenTime = Annotated[time | None, BeforeValidator(_time_or_none)]
Whole = StrictInt
Flag = StrictBool


class Sent(BaseModel):
    """A part of a request. Values may still be wrong (`rules` finds that); names and types cannot be."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )

    def body(self) -> dict[str, Any]:
        """The JSON object to encrypt, without nulls and empty objects. Holds personal data: never log it."""
        pruned: dict[str, Any] = without_empties(self.model_dump(mode="json", by_alias=True))
        return pruned


class Seen(BaseModel):
    """A part of a reply: everything may be missing or null, more may be there."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
    )


def without_empties(value: Any) -> Any:
    """The same JSON without null members and empty objects; empty texts and lists mean something and stay."""
    if isinstance(value, Mapping):
        kept = {name: without_empties(part) for name, part in value.items() if part is not None}
        return {name: part for name, part in kept.items() if part != {}}
    if isinstance(value, list):
        return [without_empties(part) for part in value]
    return value


def path_of(location: tuple[int | str, ...]) -> str:
    """`("course", "runs", 0, "venue")` as `course.runs[0].venue`: the spelling every finding uses."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).lstrip(".")
