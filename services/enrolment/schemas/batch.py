"""Spreadsheets as people send them and see what became of them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from libs.web.body import Body
from services.enrolment.models.batch import BatchStatus


class CommitWish(Body):
    """`confirm` also gives seats (or places in the queue); `only_valid` takes what can be taken and leaves the rest."""

    confirm: bool = True
    only_valid: bool = False


class RowFinding(BaseModel):
    field: str
    code: str
    message: str
    fix: str


class RowView(BaseModel):
    """One row by its number in the spreadsheet. What stood in it is not repeated."""

    number: int
    verdict: str | None
    taken: bool
    findings: list[RowFinding]
    trainee_id: UUID | None
    enrolment_id: UUID | None


class BatchView(BaseModel):
    """A file with its progress: `judged` and `settled` of `rows` are done."""

    id: UUID
    version: int
    status: BatchStatus
    run_id: UUID | None
    rows: int
    judged: int
    create: int
    match: int
    duplicate: int
    refused: int
    settled: int
    taken: int
    ignored_columns: list[str]
    created_at: datetime
    created_by: str
