"""Files and rows as people see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from libs.imports.batch import BatchStatus, ImportBatch
from libs.imports.row import ImportRow


class RowFinding(BaseModel):
    field: str
    code: str
    message: str
    fix: str


class ImportRowView(BaseModel):
    """One row by its number in the spreadsheet. What stood in it is not repeated."""

    number: int
    verdict: str | None
    taken: bool
    findings: list[RowFinding]


class ImportView(BaseModel):
    """A file with its progress: `judged` and `settled` of `rows` are done."""

    id: UUID
    version: int
    status: BatchStatus
    run_id: UUID | None
    rows: int
    judged: int
    settled: int
    taken: int
    ignored_columns: list[str]
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the rows of a file are."""

    verdicts: Mapping[str, int]
    settled: int
    taken: int


def told_of(batch: ImportBatch, progress: Progress) -> dict[str, Any]:
    """The fields of an ImportView."""
    return {
        "id": batch.id,
        "version": batch.version,
        "status": batch.status,
        "run_id": batch.run_id,
        "rows": batch.rows,
        "judged": sum(progress.verdicts.values()),
        "settled": progress.settled,
        "taken": progress.taken,
        "ignored_columns": batch.ignored,
        "created_at": batch.created_at,
        "created_by": batch.created_by,
    }


def told_of_row(row: ImportRow, *, taken: bool) -> dict[str, Any]:
    """The fields of an ImportRowView."""
    findings = [RowFinding.model_validate(finding) for finding in row.findings]
    return {"number": row.number, "verdict": row.verdict, "taken": taken, "findings": findings}
