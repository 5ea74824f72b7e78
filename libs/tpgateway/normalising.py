"""Forms in which two spellings of the same thing are equal. Compare these, never raw text."""

from datetime import date, time

_SHOWN_OF_ID = 4


def normal_text(value: object) -> str:
    """Case, spaces and the several ways of saying "nothing" make no difference; true and false are words."""
    return " ".join(str("" if value is None else value).split()).casefold()


def normal_day(day: date) -> str:
    return day.isoformat()


def normal_time(moment: time) -> str:
    """To the minute, as TPGateway keeps it."""
    return f"{moment:%H:%M}"


def last_of_id(number: str | None) -> str:
    """All that a masked identity number tells: its last four characters, or nothing."""
    return (number or "").strip().upper()[-_SHOWN_OF_ID:]
