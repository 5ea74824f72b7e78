"""The way out to TPGateway: its lane and its circuits."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Field

from libs.database.model import instant, status_column
from services.tpg_sync.models.model import Model
from services.tpg_sync.settings import Pace

LANE_ID: Final = uuid5(NAMESPACE_URL, "urn:tms:tpg-sync:lane")
LOWEST_SHARE: Final = 0.1
SLOWED_SHARE: Final = 0.5
HOST_GROUP: Final = "host"


def breaker_id_of(group: str) -> UUID:
    """A breaker's id is its name's: the same in every installation."""
    return uuid5(NAMESPACE_URL, f"urn:tms:tpg-sync:breaker:{group}")


class SyncLane(Model, table=True):
    """The one way out to TPGateway: whether it is held, and how many calls may leave now."""

    __tablename__ = "sync_lane"

    id: UUID = Field(primary_key=True)
    held_cause: str | None = None
    held_at: datetime | None = instant(default=None, nullable=True)
    probe_at: datetime | None = instant(default=None, nullable=True)
    tokens: float = 0.0
    refilled_at: datetime = instant(nullable=False)
    slowed_until: datetime | None = instant(default=None, nullable=True)
    ramp_from: datetime | None = instant(default=None, nullable=True)

    def rate_at(self, pace: Pace, now: datetime) -> float:
        """Calls a second at this moment: the whole rate, less while recovering or after being told to slow down."""
        share = 1.0
        if self.ramp_from is not None and now < self.ramp_from + pace.ramp:
            share = max(LOWEST_SHARE, (now - self.ramp_from) / pace.ramp)
        if self.slowed_until is not None and now < self.slowed_until:
            share = min(share, SLOWED_SHARE)
        return pace.rate_per_s * share

    def hold(self, cause: str, now: datetime, *, probe_every: timedelta) -> None:
        """Nothing leaves until a person (or, when wanted, a probe) finds the cause gone."""
        self.held_cause, self.held_at = cause, now
        self.probe_at = now + probe_every if probe_every else None

    def release(self) -> None:
        self.held_cause = self.held_at = self.probe_at = None


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class SyncBreaker(Model, table=True):
    """The circuit to one group of operations, or to the whole host."""

    __tablename__ = "sync_breaker"

    name: str = Field(primary_key=True)
    state: BreakerState = status_column(BreakerState, BreakerState.CLOSED, name="state")
    changed_at: datetime | None = instant(default=None, nullable=True)
    open_until: datetime | None = instant(default=None, nullable=True)
    open_count: int = 0
