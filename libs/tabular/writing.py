"""Writes tables that open well in any spreadsheet and run nothing there."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from libs.errors import FieldError
from libs.tabular.cells import safe
from libs.tabular.reading import Row

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
PIECE_ROWS: Final = 200
BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something older."""


def written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The table in pieces, as they come; header and cells are made safe."""
    piece = io.StringIO()
    writer = csv.writer(piece, lineterminator="\r\n")
    piece.write(BYTE_ORDER_MARK)
    writer.writerow([safe(name) for name in header])
    for count, row in enumerate(rows, start=1):
        writer.writerow([safe(cell) for cell in row])
        if count % PIECE_ROWS == 0:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def refused(header: Sequence[str], rows: Iterable[tuple[Row, Sequence[FieldError]]]) -> Iterator[bytes]:
    """Rows as they came, each with its number and why it was not taken: mend them there and send the file again."""
    width = len(header)
    return written(
        [*header, "row", "reasons"],
        ([*_fitted(row.cells, width), row.number, _reasons(findings)] for row, findings in rows),
    )


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *([""] * (width - len(cells)))]


def _reasons(findings: Sequence[FieldError]) -> str:
    return " ".join(f"{finding.field}: {finding.message} {finding.fix}" for finding in findings)
