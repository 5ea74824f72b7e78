"""One submitted record as TPGateway knows it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field

from libs.contracts.tpg_sync import RecordType
from libs.database.model import instant, status_column
from services.tpg_sync.models.model import Model, json_column, octets

RecordKey = tuple[RecordType, UUID]
"""A record's identity here. Its id alone is none: an enrolment and its fee share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """The records one hangs on, in the ids of their owners."""

    run_id: UUID | None = None
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    replaces: UUID | None = None


class SyncRecord(Model, table=True):
    """One submitted record: what TPGateway calls it, and which of our revisions it holds for certain.

    `acked_hash` is None while a call is out whose end is not known, so that equality with it always means "they hold
    exactly this". Locked first in every transaction that touches the record's jobs: one writer per record.
    """

    __tablename__ = "sync_record"
    __table_args__ = (
        Index(
            "sync_record_remote_idx",
            "record_type",
            "remote_id",
            unique=True,
            postgresql_where=text("remote_id is not null"),
        ),
        # Who hangs on a run, on an enrolment, or follows one: asked whenever one of those is settled or moved.
        Index("sync_record_run_idx", "run_id", "record_type", postgresql_where=text("run_id is not null")),
        Index("sync_record_enrolment_idx", "enrolment_id", postgresql_where=text("enrolment_id is not null")),
        # What the keyring sealed before people had keys of their own.
        Index(
            "sync_record_sealed_before_idx",
            "record_type",
            "record_id",
            postgresql_where=text("record_type <> 'run' and get_byte(acked_enc, 0) = 1"),
        ),
        Index("sync_record_replaces_idx", "replaces", postgresql_where=text("replaces is not null")),
    )

    record_type: RecordType = status_column(RecordType, name="record_type", primary_key=True)
    record_id: UUID = Field(primary_key=True)
    run_id: UUID | None = None
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    replaces: UUID | None = None
    """The enrolment this one was created in place of, on the same seat."""
    remote_id: str | None = None
    there_since: datetime | None = instant(default=None, nullable=True)
    """When TPGateway gave it that name: other parts of it may not see it at once."""
    former_ids: list[str] = json_column(list)
    """What TPGateway called it before it was taken back there: those are never found again as ours."""
    parts: dict[str, str | None] = json_column(dict)
    """Our session ids -> theirs; None while TPGateway holds the session and we have not read its name yet."""
    ended: bool = False
    """Its owner gave it up: what is there is to be taken back, and nobody takes it for present from now on."""
    foreign: bool = False
    """None of our owners knows it: it stands for something at TPGateway that is to be removed there."""
    carried_revision: int | None = None
    """The fee revision the enrolment's create carried: what is not newer need not be collected anew."""
    acked_revision: int | None = None
    acked_hash: bytes | None = octets()
    acked_at: datetime | None = instant(default=None, nullable=True)
    acked_enc: bytes | None = octets()
    """The claim check behind what was acknowledged last, sealed: reconciliation compares with it."""
    last_ordinal: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))

    @property
    def key(self) -> RecordKey:
        return RecordType(self.record_type), self.record_id

    @property
    def stands(self) -> bool:
        """TPGateway has it, and nobody means to take it back."""
        return self.remote_id is not None and not self.ended

    @property
    def nothing_there(self) -> bool:
        """TPGateway never had it, or has it no more. Attendance gets no name there that we are told."""
        if self.record_type is RecordType.ATTENDANCE:
            return self.acked_revision is None
        return self.remote_id is None

    def tie(self, ties: Ties) -> None:
        """Note what it hangs on; what is known stays."""
        self.run_id = self.run_id or ties.run_id
        self.session_id = self.session_id or ties.session_id
        self.enrolment_id = self.enrolment_id or ties.enrolment_id
        self.replaces = self.replaces or ties.replaces
