"""Spreadsheets as people send them and see what became of them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from libs.web.body import Body
from services.attendance.models.batch import BatchStatus


class CommitWish(Body):
    """`only_valid` takes what can be taken and leaves the rest."""

    only_valid: bool = False


class RowFinding(BaseModel):
    field: str
    code: str
    message: str
    fix: str


class RowView(BaseModel):
    """One row by its number in the spreadsheet, with what is on record against what it says."""

    number: int
    verdict: str | None
    taken: bool
    findings: list[RowFinding]
    session_id: UUID | None
    enrolment_id: UUID | None
    state_now: str | None
    state_wished: str | None
    attendance_id: UUID | None


class BatchView(BaseModel):
    """A file with its progress: `judged` and `settled` of `rows` are done."""

    id: UUID
    version: int
    status: BatchStatus
    run_id: UUID | None
    evidence: str | None
    rows: int
    judged: int
    create: int
    change: int
    same: int
    error: int
    settled: int
    taken: int
    ignored_columns: list[str]
    created_at: datetime
    created_by: str
