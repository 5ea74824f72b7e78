"""A spreadsheet somebody sent: the file as it came, and how far its rows are."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from libs.database.model import EnumText, Record, instant
from libs.errors import ImportBusy, RowsRefused
from libs.privacy.vault import Erased
from libs.telemetry.context import Context, current


class BatchStatus(StrEnum):
    """checking → checked → committing → committed; each arrow but the middle one is the worker's."""

    CHECKING = "checking"
    CHECKED = "checked"
    COMMITTING = "committing"
    COMMITTED = "committed"


WORKING = (BatchStatus.CHECKING, BatchStatus.COMMITTING)
RESTING = (BatchStatus.CHECKED, BatchStatus.COMMITTED)


class BatchStatusText(EnumText):
    """A status as text; each table's own migration lets no other value in."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(BatchStatus)


class ImportBatch(Record):
    """Columns and steps of a file of rows, for the table of any service.

    The file has a key of its own, by its id, in the service's `data_key`: what its rows held is gone with it.
    """

    run_id: UUID | None = None
    """The run of rows that name none."""
    sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    """None once it is forgotten: of a file with one row, even the digest could be tried out."""
    header: list[str] = Field(default_factory=list, sa_type=JSONB, nullable=False)
    ignored: list[str] = Field(default_factory=list, sa_type=JSONB, nullable=False)
    status: BatchStatus = Field(default=BatchStatus.CHECKING, sa_type=BatchStatusText, nullable=False)
    rows: int = 0
    ordered_by: str | None = None
    ordered_as: str | None = None
    """Who ordered the commit, and as what: what becomes of the rows is theirs."""
    forgotten_at: datetime | None = instant(default=None, nullable=True)
    """Since when the cells of its rows cannot be read any more."""

    def order(self, *, refused: int, only_valid: bool) -> None:
        """Begin to take the rows, for the current actor.

        Raises ImportBusy unless all are judged, RowsRefused when all were to be valid, Erased when it is forgotten.
        """
        self.require_kept()
        if self.status is not BatchStatus.CHECKED:
            raise ImportBusy(self.id, self.status)
        if refused and not only_valid:
            raise RowsRefused(self.id, refused)
        actor = current()
        self.status = BatchStatus.COMMITTING
        self.ordered_by, self.ordered_as = actor.actor_id, actor.actor_role

    def journey(self) -> Context:
        """What is done is done on behalf of who ordered it, on the journey that began with the file."""
        journey = Context(correlation_id=self.correlation_id)
        return journey.acting(self.ordered_by or self.created_by, self.ordered_as or journey.actor_role)

    def require_kept(self) -> None:
        """Raise Erased once nobody can read its rows any more."""
        if self.forgotten_at is not None:
            raise Erased(self.id)

    def forget(self, now: datetime) -> None:
        """The caller destroys the key and the cells; what was judged and done stays."""
        self.forgotten_at, self.sha256 = now, None
