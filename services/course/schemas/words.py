"""Words people send, with the lengths TPGateway takes, judged at the door rather than at submission."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints


def _nothing() -> Any:
    return None


UNSET: Any = Field(default_factory=_nothing)
"""Marks a field that may be left out of a PATCH but may not be null; the API document shows it without a default."""


def _whole_minute(instant: datetime) -> datetime:
    if instant.second or instant.microsecond:
        message = "sessions start and end on whole minutes"
        raise ValueError(message)
    return instant


Title = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=100)]
SkillCode = Annotated[str, StringConstraints(min_length=1, max_length=30)]
Minute = Annotated[AwareDatetime, AfterValidator(_whole_minute)]
