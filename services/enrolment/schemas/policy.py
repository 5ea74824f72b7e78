from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.web.body import Body
from libs.web.reason import Reason

Count = Annotated[int, Field(gt=0, le=100_000)]
Amount = Annotated[int, Field(ge=0, le=100_000)]


class PolicyWish(Body):
    """A whole new version of the numbers, in force from a Singapore date that lies ahead."""

    effective_from: date
    offer_hours: Count
    submission_days: Amount
    reveals_an_hour: Count
    retention_years: Annotated[int, Field(gt=0, le=100)]
    reason: Reason


class PolicyView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    effective_from: date
    offer_hours: int
    submission_days: int
    reveals_an_hour: int
    retention_years: int
    created_at: datetime
    created_by: str
