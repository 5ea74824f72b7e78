"""A spreadsheet of people to enrol: the file as it came, and what is thought and done of each of its rows."""

from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from libs.contracts.enrolment import ImportChecked, ImportCommitted
from libs.imports.batch import BatchStatus, ImportBatch
from libs.imports.row import ImportRow
from services.enrolment.models.model import Model


class Verdict(StrEnum):
    """What a row would do, judged without doing it."""

    CREATE = "create"
    MATCH = "match"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


READY = (Verdict.CREATE, Verdict.MATCH)


class Batch(ImportBatch, Model, table=True):
    """One file. The same bytes for the same run are the same batch, however often they are sent."""

    __tablename__ = "import_batch"
    __table_args__ = (
        Index("import_batch_sha256_key", "sha256", text("coalesce(run_id::text, '')"), unique=True),
        Index("import_batch_work_idx", "id", postgresql_where=text("status in ('checking', 'committing')")),
        Index("import_batch_kept_idx", "updated_at", postgresql_where=text("forgotten_at is null")),
    )

    confirms: bool = False
    """Whether a row's person is confirmed at once, and not only put down."""

    def checked(self, ready: int, refused: int) -> ImportChecked:
        self.status = BatchStatus.CHECKED
        return ImportChecked(import_id=self.id, rows=self.rows, ready=ready, refused=refused)

    def committed(self, taken: int, refused: int) -> ImportCommitted:
        self.status = BatchStatus.COMMITTED
        return ImportCommitted(import_id=self.id, rows=self.rows, taken=taken, refused=refused)


class BatchRow(ImportRow, Model, table=True):
    """One row: the person it would enrol, and the place that became of it."""

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

    BLANK: ClassVar[dict[str, Any]] = {**ImportRow.BLANK, "id_number_index": None}

    batch_id: UUID = Field(primary_key=True, foreign_key="enrolment.import_batch.id")
    id_number_index: bytes | None = Field(default=None, sa_type=LargeBinary, repr=False)
    run_id: UUID | None = None
    trainee_id: UUID | None = None
    enrolment_id: UUID | None = None
