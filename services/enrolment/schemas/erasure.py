"""A person's erasure as people ask for it and see it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from libs.web.body import Body
from libs.web.reason import Reason


class ErasureWish(Body):
    reason: Reason


class ErasureState(StrEnum):
    NONE = "none"
    ASKED = "asked"
    """One person wants it; another has to agree."""
    ERASED = "erased"
    """Done here; the services that kept something destroy it as they hear of it."""
    ERASED_EVERYWHERE = "erased_everywhere"


class Obstacle(BaseModel):
    """One reason why the person cannot be erased now."""

    code: str
    message: str


class CopyView(BaseModel):
    """What one service kept; `erased_at` once it said that nothing is left."""

    service: str
    erased_at: datetime | None


class ErasureView(BaseModel):
    """How the erasure of a person stands, records that were merged into this one included."""

    trainee_id: UUID
    version: int
    state: ErasureState
    trainee_ids: list[UUID]
    kept_until: date | None
    """The last Singapore day on which the data must be kept; None once they are erased."""
    policy_version: int | None
    obstacles: list[Obstacle]
    asked_at: datetime | None = None
    asked_by: str | None = None
    reason: str | None = None
    agreed_at: datetime | None = None
    agreed_by: str | None = None
    copies: list[CopyView] = []
