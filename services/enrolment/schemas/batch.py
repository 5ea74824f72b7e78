"""Spreadsheets as people send them and see what became of them."""

from uuid import UUID

from libs.imports.view import ImportRowView, ImportView
from libs.web.body import Body


class CommitWish(Body):
    """`confirm` also gives seats (or places in the queue); `only_valid` takes what can be taken and leaves the rest."""

    confirm: bool = True
    only_valid: bool = False


class RowView(ImportRowView):
    """One row by its number in the spreadsheet. What stood in it is not repeated."""

    trainee_id: UUID | None
    enrolment_id: UUID | None


class BatchView(ImportView):
    """A file with its progress: `judged` and `settled` of `rows` are done."""

    create: int
    match: int
    duplicate: int
    refused: int
