"""Sessions and who teaches them: the calendar rows that Postgres keeps free of overlaps."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, Relationship

from libs.contracts.course import SessionFact, SessionStatus
from libs.contracts.event import Change
from libs.database.changes import change
from libs.database.model import EnumText, Record, instant, status_column
from services.course.models.codes import Mode
from services.course.models.model import Model
from services.course.models.planning import Slot


class SessionTrainer(Model, table=True):
    """One person booked for one session.

    Time and status repeat the session's so that one exclusion constraint can compare them; the foreign key with
    `on update cascade` is what keeps them equal, so no code can forget to.
    """

    __tablename__ = "session_trainer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["session_id", "start_at", "end_at", "status"],
            ["course.session.id", "course.session.start_at", "course.session.end_at", "course.session.status"],
            name="session_trainer_session_fkey",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        Index("session_trainer_trainer_idx", "trainer_id", "start_at"),
    )

    session_id: UUID = Field(primary_key=True)
    trainer_id: UUID = Field(primary_key=True, foreign_key="course.trainer.id")
    start_at: datetime = instant(nullable=False)
    end_at: datetime = instant(nullable=False)
    status: SessionStatus = Field(sa_column=Column(EnumText(SessionStatus), nullable=False))


class Session(Record, Model, table=True):
    """One timed block of a run in one mode of training. `end_at` is exclusive: back to back is legal."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("run_id", "sequence", name="session_run_sequence_key"),
        UniqueConstraint("id", "start_at", "end_at", "status", name="session_slot_key"),
        CheckConstraint("start_at < end_at", name="ordered"),
        CheckConstraint("mode_of_training not in ('2', '9') or venue_id is null", name="online_has_no_room"),
        CheckConstraint("makeup_for is null or is_makeup", name="makeup"),
        # Serves the travel check and "what stands in this room".
        Index("session_venue_idx", "venue_id", "start_at"),
    )

    run_id: UUID = Field(foreign_key="course.course_run.id")
    sequence: int
    status: SessionStatus = status_column(SessionStatus, SessionStatus.PLANNED)
    start_at: datetime = instant(nullable=False)
    end_at: datetime = instant(nullable=False)
    mode_of_training: Mode = status_column(Mode, name="mode_of_training")
    venue_id: UUID | None = Field(default=None, foreign_key="course.venue.id")
    is_makeup: bool = False
    makeup_for: UUID | None = Field(default=None, foreign_key="course.session.id")
    attendance_taken: bool = False
    """Somebody's attendance is on record: from then on the session is cancelled and replaced, never moved."""
    remote_id: str | None = None

    trainers: list[SessionTrainer] = Relationship(
        sa_relationship_kwargs={
            "lazy": "raise",
            "cascade": "all, delete-orphan",
            "primaryjoin": "Session.id == foreign(SessionTrainer.session_id)",
        }
    )

    @property
    def planned(self) -> bool:
        return self.status is SessionStatus.PLANNED

    @property
    def cancelled(self) -> bool:
        return self.status is SessionStatus.CANCELLED

    @property
    def trainer_ids(self) -> tuple[UUID, ...]:
        return tuple(sorted(link.trainer_id for link in self.trainers))

    def overlaps(self, start_at: datetime, end_at: datetime) -> bool:
        return self.start_at < end_at and start_at < self.end_at

    def move(self, start_at: datetime, end_at: datetime) -> None:
        """Take another time, and the booked people with it."""
        self.start_at, self.end_at = start_at, end_at
        for link in self.trainers:
            link.start_at, link.end_at = start_at, end_at

    def book(self, trainer_ids: set[UUID]) -> None:
        """Exactly these people teach it."""
        self.trainers = [link for link in self.trainers if link.trainer_id in trainer_ids] + [
            SessionTrainer(
                session_id=self.id,
                trainer_id=trainer_id,
                start_at=self.start_at,
                end_at=self.end_at,
                status=self.status,
            )
            for trainer_id in sorted(trainer_ids - set(self.trainer_ids))
        ]

    def cancel(self) -> None:
        """Free the room and the people; the record stays."""
        self._become(SessionStatus.CANCELLED)

    def hold(self) -> None:
        self._become(SessionStatus.HELD)

    def _become(self, status: SessionStatus) -> None:
        self.status = status
        for link in self.trainers:
            link.status = status

    def slot(self, field: str) -> Slot:
        """The session as a wish, to be judged again when its run changes."""
        return Slot(
            field=field,
            start_at=self.start_at,
            end_at=self.end_at,
            mode=self.mode_of_training,
            venue_id=self.venue_id,
            trainer_ids=frozenset(self.trainer_ids),
        )

    def word(self, status: SessionStatus | None) -> Change:
        """What is told when the session takes this status; None when it leaves for good."""
        before = None if status is SessionStatus.PLANNED else self.status
        return change(f"session_{self.sequence}.status", before, status)

    def fact(self) -> SessionFact:
        return SessionFact(
            session_id=self.id,
            sequence=self.sequence,
            start_at=self.start_at,
            end_at=self.end_at,
            mode_of_training=self.mode_of_training,
            status=self.status,
            venue_id=self.venue_id,
            trainer_ids=self.trainer_ids,
            is_makeup=self.is_makeup,
            makeup_for=self.makeup_for,
            remote_id=self.remote_id,
        )
