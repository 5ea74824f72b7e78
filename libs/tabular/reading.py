"""Reads a table row by row, whatever program wrote it, and says of each row what is wrong with it.

Nothing is held but the row at hand, so a long table costs no more memory than a short one.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Final

from libs.errors import FieldError, Invalid
from libs.tabular.cells import CellError, Parse, plain, runs, text

HEADER_ROW: Final = 1
LONGEST_CELL: Final = 4_000
_SEPARATORS: Final = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Column:
    """One column we know: our name, what else people call it, and how its cells are read."""

    name: str
    parse: Parse = text
    required: bool = False
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, its values by our names, and what is wrong with it.

    An empty cell has no value. `cells` are the row as it came, to be given back with the reason.
    """

    number: int
    values: Mapping[str, Any] = field(repr=False)
    findings: Sequence[FieldError]
    cells: Sequence[str] = field(repr=False)


class UnreadableTable(Invalid):
    """The file is not a table we can read; the message says why."""

    code = "unreadable_table"


class Table:
    """A table whose header has been read. Raises UnreadableTable for what is no table, or lacks a required column."""

    def __init__(self, source: IO[bytes], columns: Sequence[Column]) -> None:
        lines = _text_of(source)
        try:
            first = lines.readline()
        except UnicodeDecodeError:
            raise UnreadableTable("The file is not text. Save it as CSV UTF-8.") from None
        if not first:
            raise UnreadableTable("The file is empty.")
        self._reader = csv.reader(_with_first(first, lines), delimiter=_separator(first), strict=True)
        self.header = self._read_header()
        self._columns = _places(self.header, columns)
        self.ignored = [name for place, name in enumerate(self.header) if place not in self._columns]
        """Columns of the file that mean nothing to us."""
        missing = [column.name for column in columns if column.required and column not in self._columns.values()]
        if missing:
            raise UnreadableTable(f"The table lacks the columns {', '.join(missing)}. Compare it with the template.")

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty, in the file's order; raises UnreadableTable where it stops being a table."""
        previous = self._reader.line_num
        while True:
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except (csv.Error, UnicodeDecodeError):
                raise UnreadableTable(
                    f"The table cannot be read beyond line {previous}: a quote may be open."
                ) from None
            number, previous = previous + 1, self._reader.line_num
            if any(cell.strip() for cell in cells):
                yield self._row(number, cells)

    def _read_header(self) -> list[str]:
        try:
            header = next(self._reader)
        except (StopIteration, csv.Error, UnicodeDecodeError):
            raise UnreadableTable("The first line cannot be read as the names of columns.") from None
        return [name.strip() for name in header]

    def _row(self, number: int, cells: Sequence[str]) -> Row:
        values: dict[str, Any] = {}
        findings: list[FieldError] = []
        if any(cell.strip() for cell in cells[len(self.header) :]):
            message = "The row has more cells than the header."
            findings.append(
                FieldError("row", "too_many_cells", message, "Put a cell that holds the separator in quotes.")
            )
        for place, column in self._columns.items():
            try:
                value = _value(column, cells[place] if place < len(cells) else "")
            except CellError as wrong:
                findings.append(FieldError(column.name, wrong.code, wrong.message, wrong.fix))
            else:
                if value is not None:
                    values[column.name] = value
        return Row(number, values, findings, list(cells))


def _value(column: Column, cell: str) -> Any:
    if len(cell) > LONGEST_CELL:
        raise CellError("too_long", "The cell is too long.", f"Use at most {LONGEST_CELL} characters.")
    if "\0" in cell:
        raise CellError("unkeepable_character", "The cell holds a character that cannot be kept.", "Type it anew.")
    if runs(cell.strip()):
        raise CellError("formula", "The cell is a formula.", "Put the value itself there (paste special, values).")
    meant = plain(cell)
    if meant:
        return column.parse(meant)
    if column.required:
        raise CellError("missing", "This cell is required.", "Fill it in.")
    return None


def _text_of(source: IO[bytes]) -> io.TextIOWrapper:
    """The file as text: UTF-8 with or without its mark, UTF-16 with one, else Windows' Western European."""
    start = source.read(4)
    source.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return io.TextIOWrapper(source, encoding="utf-16", newline="")
    if _is_utf8(source):
        return io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    return io.TextIOWrapper(source, encoding="cp1252", errors="replace", newline="")


def _is_utf8(source: IO[bytes]) -> bool:
    """Read through once, a piece at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := source.read(64 * 1024):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        source.seek(0)
    return True


def _with_first(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _separator(header: str) -> str:
    """Whatever separates most in the header, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_SEPARATORS, key=bare.count)


def _places(header: Sequence[str], columns: Sequence[Column]) -> dict[int, Column]:
    """Which column stands where; a name that comes twice is no name."""
    known = {_folded(name): column for column in columns for name in (column.name, *column.also)}
    places: dict[int, Column] = {}
    for place, name in enumerate(header):
        column = known.get(_folded(name))
        if column is None:
            continue
        if column in places.values():
            raise UnreadableTable(f"The column {column.name} comes twice. Remove one.")
        places[place] = column
    return places


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
