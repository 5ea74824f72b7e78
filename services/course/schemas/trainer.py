from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, EmailStr, Field, StringConstraints

from libs.web.body import Body
from libs.web.reason import Reason
from libs.web.views import LastChange
from services.course.models.codes import CatalogueStatus, IdType, RoleNumber
from services.course.schemas.words import UNSET

IdNumber = Annotated[str, StringConstraints(min_length=1, max_length=50, to_upper=True), Field(repr=False)]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=66), Field(repr=False)]
Email = Annotated[EmailStr, StringConstraints(max_length=320), Field(repr=False)]
LongText = Annotated[str, StringConstraints(max_length=1000)]
Link = Annotated[str, StringConstraints(max_length=255, pattern=r"^(https?://\S+)?$")]
Salutation = Annotated[int, Field(ge=1, le=6)]


def _each_once(roles: list[RoleNumber]) -> list[RoleNumber]:
    return sorted(set(roles))


Roles = Annotated[list[RoleNumber], Field(min_length=1, max_length=4), AfterValidator(_each_once)]


class Qualification(Body):
    """A qualification code of the official list with what it is."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9NX][0-9X]?$")]
    description: Annotated[str, StringConstraints(max_length=1000)] = ""


Qualifications = Annotated[list[Qualification], Field(max_length=20)]


class TrainerWish(Body):
    """A trainer or assessor. `existing` ones TPGateway knows and finds by identity number alone."""

    name: PersonName
    email: Email
    id_type: IdType
    id_number: IdNumber
    roles: Roles
    existing: bool = False
    user_id: UUID | None = None
    salutation: Salutation | None = None
    domain_area_of_practice: LongText = ""
    experience: LongText = ""
    linkedin_url: Link = ""
    qualifications: Qualifications = Field(default=[])


class TrainerPatch(Body):
    """Only the fields sent change."""

    name: PersonName = UNSET
    email: Email = UNSET
    id_type: IdType = UNSET
    id_number: IdNumber = UNSET
    roles: Roles = UNSET
    existing: bool = UNSET
    user_id: UUID | None = None
    salutation: Salutation | None = None
    domain_area_of_practice: LongText = UNSET
    experience: LongText = UNSET
    linkedin_url: Link = UNSET
    qualifications: Qualifications = UNSET


class TrainerView(LastChange):
    """A person as lists show them: the identity number always masked, the rest masked for those who may not see it."""

    id: UUID
    version: int
    status: CatalogueStatus
    name: str
    email: str
    id_type: IdType
    id_number: str
    roles: list[int]
    existing: bool
    user_id: UUID | None
    salutation: int | None
    domain_area_of_practice: str
    experience: str
    linkedin_url: str
    qualifications: list[Qualification]
    created_at: datetime


class RevealWish(Body):
    reason: Reason


class RevealView(BaseModel):
    """A full identity number, to be shown for a minute and kept nowhere."""

    id_number: str = Field(repr=False)
    shown_until: datetime
