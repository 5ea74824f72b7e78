"""One cell in each direction: what people type, and what is safe to open."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell instead of showing it (OWASP, "CSV injection")."""
_NUMBER: Final = re.compile(r"[+-]?[\d\s.,/()-]+")
EXCEL_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of serial dates after 1 March 1900; it carries the leap day of 1900 that never was."""
SERIALS: Final = range(3_654, 80_000)
"""Serial numbers taken for dates: 1910 to 2119. A shorter one is a number that lost its way."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class CellError(ValueError):
    """Why a cell cannot be used, and what would mend it. Never repeats the cell."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


Parse = Callable[[str], Any]
"""Makes a value of a cell that is not empty; raises CellError."""


def safe(value: object) -> str:
    """A cell as it may be opened in a spreadsheet: what would run is shown as text, plain numbers stay numbers."""
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def plain(cell: str) -> str:
    """A cell as it was meant: without outer blanks, and without the mark that keeps a spreadsheet from running it."""
    text = cell.replace("\u00a0", " ").strip()
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        return text[1:]
    return text


def runs(cell: str) -> bool:
    """Whether a spreadsheet would run this cell: then its text is not what the person saw."""
    return cell.startswith(("=", "@")) or (cell.startswith(("+", "-")) and not _NUMBER.fullmatch(cell))


def text(cell: str) -> str:
    """The cell's words; leading zeros stay."""
    return cell


def day(cell: str) -> date:
    """A date as people and spreadsheets write it: 2026-03-09, 9/3/2026 (day first), 9 Mar 2026, or a serial number."""
    compact = re.sub(r"[ T]00:00(:00)?(\.0+)?$", "", cell)
    for parse in (_iso, _day_first, _named_month, _serial):
        found = parse(compact)
        if found is not None:
            return found
    raise CellError("not_a_date", "This is not a date.", "Write it as 2026-03-09 or 09/03/2026, the day first.")


def amount(cell: str) -> Decimal:
    """An amount of money in dollars, exact to the cent; a dollar sign and thousands separators are allowed."""
    compact = cell.removeprefix("S$").removeprefix("$").replace(" ", "")
    if not re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d{1,2})?|\d+(\.\d{1,2})?", compact):
        raise CellError("not_an_amount", "This is not an amount.", "Write dollars and cents, as in 1,250.50.")
    return Decimal(compact.replace(",", ""))


def whole(cell: str) -> int:
    """A whole number; a spreadsheet's `3.0` is 3."""
    match = re.fullmatch(r"(-?\d{1,15})(\.0+)?", cell)
    if match is None:
        raise CellError("not_a_number", "A whole number is expected.", "Write digits only.")
    return int(match[1])


def one_of(**meanings: str) -> Parse:
    """One of a few words, however it is written; `meanings` maps each word to what it stands for."""
    known = {_folded(word): meaning for word, meaning in meanings.items()}

    def parse(cell: str) -> str:
        meaning = known.get(_folded(cell))
        if meaning is None:
            words = ", ".join(meanings)
            raise CellError("unknown_word", "This is not one of the known values.", f"Use one of: {words}.")
        return meaning

    return parse


def _folded(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.casefold())


def _iso(cell: str) -> date | None:
    match = re.fullmatch(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})", cell)
    return _date(match, 1, 2, 3) if match else None


def _day_first(cell: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", cell)
    return _date(match, 3, 2, 1) if match else None


def _named_month(cell: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2})[-/. ]?([A-Za-z]{3})[a-z]*[-/., ]*(\d{4})", cell)
    if match is None or match[2].lower() not in _MONTHS:
        return None
    return _made(int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]))


def _serial(cell: str) -> date | None:
    match = re.fullmatch(r"(\d{4,5})(\.0+)?", cell)
    if match is None or int(match[1]) not in SERIALS:
        return None
    return EXCEL_EPOCH + timedelta(days=int(match[1]))


def _date(match: re.Match[str], year: int, month: int, day_of_month: int) -> date | None:
    return _made(int(match[year]), int(match[month]), int(match[day_of_month]))


def _made(year: int, month: int, day_of_month: int) -> date | None:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None
