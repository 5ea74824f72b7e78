"""Words people send, with the lengths TPGateway takes, judged at the door rather than at submission."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints


def _nothing() -> Any:
    return None


UNSET: Any = Field(default_factory=_nothing)
"""Marks a field that may be left out of a PATCH but may not be null; the API document shows it without a default."""

_IDENTITY_NUMBER = re.compile(r"\b[STFGM]\d{7}[A-Z]\b", re.IGNORECASE)


def _without_identity_number(text: str) -> str:
    """Reasons travel in events and logs, where no identity number may stand."""
    if _IDENTITY_NUMBER.search(text):
        message = "leave identity numbers out of this text"
        raise ValueError(message)
    return text


def _whole_minute(instant: datetime) -> datetime:
    if instant.second or instant.microsecond:
        message = "sessions start and end on whole minutes"
        raise ValueError(message)
    return instant


Reason = Annotated[str, StringConstraints(min_length=3, max_length=500), AfterValidator(_without_identity_number)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=100)]
SkillCode = Annotated[str, StringConstraints(min_length=1, max_length=30)]
Minute = Annotated[AwareDatetime, AfterValidator(_whole_minute)]
