"""A spreadsheet of people to enrol: the file as it came, and what is thought and done of each of its rows."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from libs.contracts.enrolment import ImportChecked, ImportCommitted
from libs.database.model import Record, instant, status_column
from libs.errors import ImportBusy, RowsRefused
from services.enrolment.models.model import Model


class BatchStatus(StrEnum):
    """checking → checked → committing → committed; each arrow but the middle one is the worker's."""

    CHECKING = "checking"
    CHECKED = "checked"
    COMMITTING = "committing"
    COMMITTED = "committed"


class Verdict(StrEnum):
    """What a row would do, judged without doing it."""

    CREATE = "create"
    MATCH = "match"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


READY = (Verdict.CREATE, Verdict.MATCH)


class Batch(Record, Model, table=True):
    """One file. The same bytes for the same run are the same batch, however often they are sent."""

    __tablename__ = "import_batch"
    __table_args__ = (
        Index("import_batch_sha256_key", "sha256", text("coalesce(run_id::text, '')"), unique=True),
        Index("import_batch_work_idx", "id", postgresql_where=text("status in ('checking', 'committing')")),
    )

    run_id: UUID | None = None
    """The run of rows that name none."""
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    header: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    ignored: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    status: BatchStatus = status_column(BatchStatus, BatchStatus.CHECKING)
    rows: int = 0
    confirms: bool = False
    """Whether a row's person is confirmed at once, and not only put down."""
    ordered_by: str | None = None
    ordered_as: str | None = None
    """Who ordered the commit, and as what: the rows are theirs."""

    def order(self, actor_id: str, role: str, *, confirms: bool, refused: int, only_valid: bool) -> None:
        """Begin to take the rows. Raises ImportBusy unless all are judged, RowsRefused when all were to be valid."""
        if self.status is not BatchStatus.CHECKED:
            raise ImportBusy(self.id, self.status)
        if refused and not only_valid:
            raise RowsRefused(self.id, refused)
        self.status = BatchStatus.COMMITTING
        self.confirms, self.ordered_by, self.ordered_as = confirms, actor_id, role

    def checked(self, ready: int, refused: int) -> ImportChecked:
        self.status = BatchStatus.CHECKED
        return ImportChecked(import_id=self.id, rows=self.rows, ready=ready, refused=refused)

    def committed(self, taken: int, refused: int) -> ImportCommitted:
        self.status = BatchStatus.COMMITTED
        return ImportCommitted(import_id=self.id, rows=self.rows, taken=taken, refused=refused)


class BatchRow(Model, table=True):
    """One row: its cells sealed, what it would do, and what became of it."""

    __tablename__ = "import_row"
    __table_args__ = (
        Index("import_row_unjudged_idx", "batch_id", "number", postgresql_where=text("verdict is null")),
        Index(
            "import_row_open_idx",
            "batch_id",
            "number",
            postgresql_where=text("verdict in ('create', 'match') and settled_at is null"),
        ),
        Index("import_row_person_idx", "batch_id", "id_number_index", "number"),
    )

    batch_id: UUID = Field(primary_key=True, foreign_key="enrolment.import_batch.id")
    number: int = Field(primary_key=True)
    cells_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    id_number_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    verdict: str | None = None
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    run_id: UUID | None = None
    trainee_id: UUID | None = None
    enrolment_id: UUID | None = None
    settled_at: datetime | None = instant(default=None, nullable=True)
    """When it was taken or, at the commit, refused after all."""
