"""Words people send, shared by several bodies."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from libs.privacy.shapes import holds_personal_data


def _nothing() -> Any:
    return None


UNSET: Any = Field(default_factory=_nothing)
"""Marks a field that may be left out of a PATCH but may not be null; the API document shows it without a default."""

Minutes = Annotated[int, Field(ge=1, le=1440)]
BaseRevision = Annotated[int, Field(ge=0, le=1_000_000)]


def _about_nobody(text: str) -> str:
    if holds_personal_data(text):
        message = "A reference is kept for good: no NRIC, FIN, email address or phone number may stand in it."
        raise PydanticCustomError("personal_data", message, {"fix": "Use the number of the file or form."})
    return text


Evidence = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_about_nobody),
    Field(description="Where the paper or file that proves it is kept. No personal data."),
]
