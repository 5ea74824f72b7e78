"""A spreadsheet of attendance: the file as it came, and what is thought and done of each of its rows."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from libs.contracts.attendance import AttendanceImportChecked, AttendanceImported
from libs.imports.batch import BatchStatus, ImportBatch
from libs.imports.row import ImportRow
from services.attendance.models.model import Model


class Verdict(StrEnum):
    """What a row would do against what is on record, judged without doing it."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"
    ERROR = "error"


READY = (Verdict.CREATE, Verdict.CHANGE)


class Batch(ImportBatch, Model, table=True):
    """One file. The same bytes for the same run with the same evidence are the same batch, however often sent."""

    __tablename__ = "import_batch"
    __table_args__ = (
        Index(
            "import_batch_sha256_key", "sha256", text("coalesce(run_id::text, '')"), text("coalesce(evidence, '')"),
            unique=True,
        ),
        Index("import_batch_work_idx", "id", postgresql_where=text("status in ('checking', 'committing')")),
        Index("import_batch_kept_idx", "updated_at", postgresql_where=text("forgotten_at is null")),
    )  # fmt: skip

    evidence: str | None = None
    """Where the papers are that prove it, of rows that name none."""
    may_correct: bool = False
    """Whether who ordered the commit may change locked sheets."""

    def checked(self, ready: int, refused: int) -> AttendanceImportChecked:
        self.status = BatchStatus.CHECKED
        return AttendanceImportChecked(import_id=self.id, rows=self.rows, ready=ready, refused=refused)

    def committed(self, taken: int, refused: int) -> AttendanceImported:
        self.status = BatchStatus.COMMITTED
        return AttendanceImported(import_id=self.id, rows=self.rows, taken=taken, refused=refused)


class BatchRow(ImportRow, Model, table=True):
    """One row: the mark it would make on somebody's line of a session."""

    __tablename__ = "import_row"
    __table_args__ = (
        Index("import_row_unjudged_idx", "batch_id", "number", postgresql_where=text("verdict is null")),
        Index(
            "import_row_open_idx",
            "batch_id",
            "number",
            postgresql_where=text("verdict in ('create', 'change') and settled_at is null"),
        ),
        # Serves the erasure of a person.
        Index("import_row_enrolment_idx", "enrolment_id", postgresql_where=text("cells_sealed is not null")),
        Index("import_row_line_idx", "batch_id", "session_id", "enrolment_id", "number"),
    )

    batch_id: UUID = Field(primary_key=True, foreign_key="attendance.import_batch.id")
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    state_now: str | None = None
    """What is on record, when it was judged."""
    state_wished: str | None = None
    attendance_id: UUID | None = None
