"""One dated duty: what is owed for which subject, when, and how it stands."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from libs.contracts.tpg_sync import ObligationLevel
from libs.database.model import Versioned, instant, status_column
from services.tpg_sync.models.model import Model
from services.tpg_sync.models.obligation_kinds import ObligationKey, ObligationState, Style, Subject

STANDS = "state in ('open', 'late') and style <> 'keep'"
"""What somebody still has to look at: not records that are only kept, of which every run of the last years has some.
Queries use these very words, or the partial indexes would not serve them."""
KEPT = "state = 'open' and style = 'keep'"
PRESSING = "level <> 'green'"


class Obligation(Versioned, Model, table=True):
    """One row for a key and a subject (and, where one can arise several times, its occasion).

    Everything its timing is reckoned from stands here, so that it can be judged anew, under other rules or another
    clock, without asking anybody. Written by the handlers of events under the lock of its run, by the duty that moves
    levels on, and by a person's waiver.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        Index("obligation_subject_idx", "subject_id", "key", "occasion", unique=True),
        Index("obligation_run_idx", "run_id"),
        # When the next level change is due: what the duty wakes for.
        Index("obligation_next_idx", "next_change_at", postgresql_where=text("next_change_at is not null")),
        # The list, oldest due first, and the queue, by urgency.
        Index("obligation_due_idx", "due_at", "id", postgresql_where=text(STANDS)),
        Index("obligation_queue_idx", "queue_at", "id", postgresql_where=text(f"{STANDS} and {PRESSING}")),
        # The list under the filters that narrow most, and what is only kept.
        Index("obligation_key_idx", "key", "due_at", "id", postgresql_where=text(STANDS)),
        Index("obligation_level_idx", "level", "due_at", "id", postgresql_where=text(STANDS)),
        Index("obligation_kept_idx", "due_at", "id", postgresql_where=text(KEPT)),
    )

    id: UUID = Field(primary_key=True)
    key: ObligationKey = status_column(ObligationKey, name="key")
    subject_type: Subject = status_column(Subject, name="subject_type")
    subject_id: UUID
    occasion: int = 0
    run_id: UUID
    style: Style = status_column(Style, name="style")
    trigger_at: datetime = instant(nullable=False)
    anchor_at: datetime = instant(nullable=False)
    """What its due date counts from."""
    target_at: datetime | None = instant(default=None, nullable=True)
    due_at: datetime = instant(nullable=False)
    amber_at: datetime = instant(nullable=False)
    red_at: datetime = instant(nullable=False)
    satisfied_at: datetime | None = instant(default=None, nullable=True)
    floor: ObligationLevel = status_column(ObligationLevel, ObligationLevel.GREEN, name="floor")
    handed_over: bool = False
    """Whether all that people must do for it is done: what it lacks is TPGateway's answer."""
    dropped: bool = False
    waived_at: datetime | None = instant(default=None, nullable=True)
    waived_by: str | None = None
    waived_because: str | None = None
    state: ObligationState = status_column(ObligationState, ObligationState.OPEN, name="state")
    level: ObligationLevel = status_column(ObligationLevel, ObligationLevel.GREEN, name="level")
    breached: bool = False
    next_change_at: datetime | None = instant(default=None, nullable=True)
    affected: int = 1
    """How many trainees' places hang on it."""
    money_cents: int = 0
    queue_at: datetime = instant(nullable=False)
    """Its place in the work queue: when it is due, brought forward by the money at risk."""
    policy: str
    created_at: datetime = instant(nullable=False)
    updated_at: datetime = instant(nullable=False)

    @property
    def identity(self) -> tuple[ObligationKey, UUID, int]:
        return self.key, self.subject_id, self.occasion


class ObligationProvider(Model, table=True):
    """The kind of provider, and the rules, that the rows are judged by: handlers know no settings. One row."""

    __tablename__ = "obligation_provider"

    id: int = Field(primary_key=True)
    provider_type: str
    rules: str = ""
    """Names and first days of the sets of rules the rows were reckoned by last."""
