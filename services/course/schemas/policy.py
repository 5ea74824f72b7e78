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
    session_max_minutes: Count
    makeup_window_days: Amount
    class_max_size: Count
    travel_buffer_minutes: Amount
    publish_target_days: Amount
    publish_min_lead_minutes: Amount
    session_cutoff_minutes: Amount
    reveals_an_hour: Count
    reason: Reason


class PolicyView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    effective_from: date
    session_max_minutes: int
    makeup_window_days: int
    class_max_size: int
    travel_buffer_minutes: int
    publish_target_days: int
    publish_min_lead_minutes: int
    session_cutoff_minutes: int
    reveals_an_hour: int
    created_at: datetime
    created_by: str
