"""Forms in which two spellings of the same thing are equal. Compare these, never raw text."""

from datetime import date, time
from decimal import Decimal

from libs.tpgateway.identifiers import plain_phone

_NO_AREA = "0"
"""How TPGateway shows an area code that was not given."""
_SHOWN_OF_ID = 4


def normal_text(value: object) -> str:
    """Case, spaces and the several ways of saying "nothing" make no difference; true and false are words."""
    return " ".join(str("" if value is None else value).split()).casefold()


def normal_day(day: date) -> str:
    return day.isoformat()


def normal_time(moment: time) -> str:
    """To the minute, as TPGateway keeps it."""
    return f"{moment:%H:%M}"


def normal_number(number: Decimal | int) -> str:
    """Without trailing zeros, and never with an exponent."""
    return f"{Decimal(number).normalize():f}"


def normal_id(number: str | None) -> str:
    """An identity number whatever its case and spacing."""
    return "".join((number or "").split()).casefold()


def normal_phone(country: str | None, area: str | None, number: str | None) -> str:
    """Digits alone, Singapore's country code left out whether it was given or not."""
    where = "" if (area or "").strip() == _NO_AREA else plain_phone(area or "")
    code = plain_phone(country or "")
    own = plain_phone(number or "")
    return f"{where}{own}" if code in ("", "65") else f"{code}{where}{own}"


def last_of_id(number: str | None) -> str:
    """All that a masked identity number tells: its last four characters, or nothing."""
    return (number or "").strip().upper()[-_SHOWN_OF_ID:]
