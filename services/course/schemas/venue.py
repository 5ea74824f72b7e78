from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from libs.web.body import Body
from libs.web.views import LastChange
from services.course.models.codes import CatalogueStatus
from services.course.schemas.words import UNSET, Title

Block = Annotated[str, StringConstraints(max_length=10)]
Street = Annotated[str, StringConstraints(max_length=32)]
Floor = Annotated[str, StringConstraints(max_length=3)]
Unit = Annotated[str, StringConstraints(max_length=5)]
Building = Annotated[str, StringConstraints(max_length=66)]
PostalCode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
Room = Annotated[str, StringConstraints(max_length=255)]
Capacity = Annotated[int, Field(gt=0, le=100_000)]


class VenueWish(Body):
    """One bookable room. Floor, unit, postal code and room are what TPGateway asks of places where people meet."""

    name: Title
    block: Block | None = None
    street: Street | None = None
    floor: Floor | None = None
    unit: Unit | None = None
    building: Building | None = None
    postal_code: PostalCode | None = None
    room: Room | None = None
    wheelchair_access: bool = False
    capacity: Capacity | None = None


class VenuePatch(Body):
    """Only the fields sent change."""

    name: Title = UNSET
    block: Block | None = None
    street: Street | None = None
    floor: Floor | None = None
    unit: Unit | None = None
    building: Building | None = None
    postal_code: PostalCode | None = None
    room: Room | None = None
    wheelchair_access: bool = UNSET
    capacity: Capacity | None = None


class VenueView(LastChange):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    status: CatalogueStatus
    block: str | None
    street: str | None
    floor: str | None
    unit: str | None
    building: str | None
    postal_code: str | None
    room: str | None
    wheelchair_access: bool
    capacity: int | None
    created_at: datetime
