"""The reason a person gives for what they do: it travels in events and stays in the audit log for good."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from libs.privacy.shapes import holds_personal_data

SHORTEST, LONGEST = 3, 500


def _about_nobody(text: str) -> str:
    if holds_personal_data(text):
        raise PydanticCustomError(
            "personal_data",
            "A reason is kept for good and read by many: no NRIC, FIN, email address or phone number may stand in it.",
            {"fix": "Leave it out, or name the record by its id."},
        )
    return text


Reason = Annotated[
    str,
    StringConstraints(min_length=SHORTEST, max_length=LONGEST),
    AfterValidator(_about_nobody),
    Field(description="Why. No NRIC, FIN, email address or phone number."),
]
"""The one type for it, wherever a request takes a reason."""
