"""What is sent and given back as a file."""

from collections.abc import Iterable, Sequence
from typing import Final

from fastapi import Response

from libs.errors import FieldError
from libs.imports.batch import ImportBatch
from libs.imports.row import ImportRow, Opens
from libs.privacy.mask import ERASED
from libs.tabular.reading import Column, Row
from libs.tabular.writing import MEDIA_TYPE, refused, written

CSV_BODY: Final = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}


def template(columns: Sequence[Column], example: Sequence[str], *, name: str) -> Response:
    """The columns we read, with one synthetic row."""
    content = b"".join(written([column.name for column in columns], [example]))
    return Response(content, media_type=MEDIA_TYPE, headers=_as_file(name))


def left_out(batch: ImportBatch, rows: Iterable[ImportRow], vault: Opens) -> Response:
    """These rows as they came, each with what is wrong with it; in those of somebody who is erased it says so."""
    lines = [(_as_it_came(row, batch, vault), [FieldError(**finding) for finding in row.findings]) for row in rows]
    headers = {**_as_file("left-out.csv"), "Cache-Control": "no-store"}
    return Response(b"".join(refused(batch.header, lines)), media_type=MEDIA_TYPE, headers=headers)


def _as_it_came(row: ImportRow, batch: ImportBatch, vault: Opens) -> Row:
    cells = [ERASED] * len(batch.header) if row.cells_sealed is None else row.cells(vault)
    return Row(row.number, {}, (), cells)


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
