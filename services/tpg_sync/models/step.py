"""A record's way to TPGateway, told in steps: what was said, owed, called and waited for, and what comes next."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from libs.contracts.envelope import Envelope
from services.tpg_sync.models.attempt import SyncAttempt
from services.tpg_sync.models.heard import HeardEvent
from services.tpg_sync.models.job import SyncJob
from services.tpg_sync.models.need import Wait

StepPlace = tuple[datetime, int, str]
"""Where a step stands: its instant, the rank of its kind among those of one instant, its id."""


class StepKind(StrEnum):
    """In the order in which steps of one instant follow from each other."""

    EVENT = "event"
    """The record's owner said something."""
    JOB = "job"
    """What was said is owed to TPGateway."""
    TOLD = "told"
    """We said how it fares."""
    BLOCKED = "blocked"
    """A job waits for the records it hangs on."""
    ATTEMPT = "attempt"
    """A call."""
    WAIT = "wait"
    """After a call, until the next one."""


RANKS = {kind: rank for rank, kind in enumerate(StepKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step that was taken. Which of the sources is there follows from its kind."""

    kind: StepKind
    at: datetime
    id: str
    heard: HeardEvent | None = None
    told: Envelope | None = None
    job: SyncJob | None = None
    attempt: SyncAttempt | None = None

    @property
    def place(self) -> StepPlace:
        return self.at, RANKS[self.kind], self.id


class NextKind(StrEnum):
    SENDING = "sending"
    """A call is out now."""
    TRY = "try"
    LOOK = "look"
    """TPGateway is asked what became of the call before."""
    BLOCKED = "blocked"
    HELD = "held"
    """Nothing is sent at all until the way is free again."""
    PERSON = "person"
    """Nothing, until a person decides."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What happens next with a record, by itself or not."""

    kind: NextKind
    at: datetime | None = None
    job: SyncJob | None = None
    waits: tuple[Wait, ...] = field(default=())
    closed_circuit: bool = False
    """It would go earlier, were the circuit not open."""
    held_cause: str | None = None
