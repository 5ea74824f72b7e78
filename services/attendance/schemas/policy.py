from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.web.body import Body
from libs.web.reason import Reason


class PolicyWish(Body):
    """A whole new version of the numbers, in force from a Singapore date that lies ahead."""

    effective_from: date
    lock_hours: Annotated[int, Field(gt=0, le=8_760)]
    check_in_early_minutes: Annotated[int, Field(ge=0, le=1_440)]
    check_in_close_minutes: Annotated[int, Field(ge=0, le=1_440)]
    threshold_pct: Annotated[int, Field(ge=0, le=100)]
    counts_assessments: bool = False
    reason: Reason


class PolicyView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    effective_from: date
    lock_hours: int
    check_in_early_minutes: int
    check_in_close_minutes: int
    threshold_pct: int
    counts_assessments: bool
    created_at: datetime
    created_by: str
