"""One row of a file: its cells sealed, what it would do, and what became of it."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.database.model import instant
from libs.errors import FieldError, Invalid, Refused
from libs.privacy.vault import Erased
from libs.tabular.reading import Row

CELLS: Final = "import.row"
"""What the sealed cells are for; part of what they are bound to."""

Values = dict[str, str]
"""A row's cells that could be read, by our names."""


class Opens(Protocol):
    """The part of a vault that reading needs."""

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str: ...


class Seals(Protocol):
    """The part of a vault that keeping needs."""

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes: ...


class ImportRow(SQLModel):
    """Columns of a row, for the table of any service, which adds what its rows are about.

    The cells go when the row is taken, when its person is erased, and with the file's key when the file is forgotten.
    """

    BLANK: ClassVar[dict[str, Any]] = {"cells_sealed": None}
    """What of its columns is about a person: all a row has no more once the cells are gone."""

    batch_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    cells_sealed: bytes | None = Field(default=None, sa_type=LargeBinary, repr=False)
    verdict: str | None = None
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB, nullable=False)
    settled_at: datetime | None = instant(default=None, nullable=True)
    """When it was taken or, at the commit, refused after all."""

    def cells(self, vault: Opens) -> list[str]:
        """The row as it came. Raises Erased for one that was taken, or whose person or file is gone."""
        cells: list[str] = self._opened(vault)["cells"]
        return cells

    def values(self, vault: Opens) -> Values:
        """What could be read of it. Raises Erased as `cells` does."""
        values: Values = self._opened(vault)["values"]
        return values

    def _opened(self, vault: Opens) -> dict[str, Any]:
        if self.cells_sealed is None:
            raise Erased(self.batch_id)
        opened: dict[str, Any] = json.loads(vault.open(self.cells_sealed, purpose=CELLS, subject=self.batch_id))
        return opened


def sealed_row(batch_id: UUID, row: Row, own: Seals) -> dict[str, Any]:
    """The row as columns of the table: its cells sealed with the file's own key, and what is wrong with them."""
    values = {name: str(value) for name, value in row.values.items()}
    sealed = json.dumps({"cells": list(row.cells), "values": values})
    return {
        "batch_id": batch_id,
        "number": row.number,
        "cells_sealed": own.seal(sealed, purpose=CELLS, subject=batch_id),
        "findings": [asdict(finding) for finding in row.findings],
    }


def findings_of(refusal: Refused) -> list[dict[str, Any]]:
    """What a refusal says of a row: of its fields, or else of the whole row."""
    whole = FieldError("row", refusal.code, refusal.message, "Mend it and send the row again.")
    fields = refusal.fields if isinstance(refusal, Invalid) else ()
    return [asdict(finding) for finding in (fields or (whole,))]
