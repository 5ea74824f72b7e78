"""Spreadsheets as people send them and see what became of them."""

from uuid import UUID

from libs.imports.view import ImportRowView, ImportView
from libs.web.body import Body


class CommitWish(Body):
    """`only_valid` takes what can be taken and leaves the rest."""

    only_valid: bool = False


class RowView(ImportRowView):
    """One row by its number in the spreadsheet, with what is on record against what it says."""

    session_id: UUID | None
    enrolment_id: UUID | None
    state_now: str | None
    state_wished: str | None
    attendance_id: UUID | None


class BatchView(ImportView):
    """A file with its progress: `judged` and `settled` of `rows` are done."""

    evidence: str | None
    create: int
    change: int
    same: int
    error: int
