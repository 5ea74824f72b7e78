from uuid import UUID

from pydantic import BaseModel, ConfigDict


class RateView(BaseModel):
    """Whole minutes; `met` is judged over what was held, `reachable` over what is scheduled."""

    model_config = ConfigDict(from_attributes=True)

    enrolment_id: UUID
    run_id: UUID
    credited_minutes: int
    held_minutes: int
    scheduled_minutes: int
    required_pct: int
    met: bool
    reachable: bool
    at_risk: bool
    complete: bool
