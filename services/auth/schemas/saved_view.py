"""Views as people keep them. They are read back by their own account alone, and hold nothing about anybody else."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from libs.privacy.shapes import holds_identity_number, holds_personal_data
from libs.web.body import Body
from services.auth.models.saved_view import ViewPage
from services.auth.schemas.words import UNSET

Told = str | StrictBool | StrictInt | list[str]


def _about_nobody(name: str) -> str:
    if holds_personal_data(name):
        raise _personal()
    return name


def _seeks_nobody(search: dict[str, Told]) -> dict[str, Told]:
    if any(holds_identity_number(text) for told in search.values() for text in _texts(told)):
        raise _personal()
    return search


def _texts(told: Told) -> list[str]:
    if isinstance(told, list):
        return told
    return [told] if isinstance(told, str) else []


def _personal() -> PydanticCustomError:
    message = "A view is kept: no NRIC, FIN, email address or phone number may stand in it."
    return PydanticCustomError("personal_data", message, {"fix": "Leave it out and save the view without it."})


Text = Annotated[str, StringConstraints(max_length=100)]
Parameter = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Value = Text | StrictBool | StrictInt | Annotated[list[Text], Field(max_length=30)]
ViewName = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_about_nobody)]
Search = Annotated[
    dict[Parameter, Value],
    Field(max_length=20, description="Search parameters of the page, by their names. No NRIC or FIN."),
    AfterValidator(_seeks_nobody),
]


class SavedViewWish(Body):
    """A list's filters and columns as they are now, by a name."""

    page: ViewPage
    name: ViewName
    search: Search


class SavedViewPatch(Body):
    """Another name, or other filters and columns; only the fields sent change."""

    name: ViewName = UNSET
    search: Search = UNSET


class SavedViewView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    page: ViewPage
    name: str
    search: dict[str, Told]


class SavedViews(BaseModel):
    """All of one's own, few enough for one answer."""

    items: list[SavedViewView]
