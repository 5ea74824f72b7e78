from sqlalchemy import CheckConstraint
from sqlmodel import Field

from libs.contracts.course import VenueChanged, VenueCreated, VenueRetired
from libs.contracts.event import Change
from libs.database.model import Record, status_column
from services.course.errors import AlreadyRetired
from services.course.models.codes import CatalogueStatus
from services.course.models.model import Model

ADDRESS = ("floor", "unit", "postal_code", "room")
"""What TPGateway wants of a place where people meet."""


class Venue(Record, Model, table=True):
    """One bookable room with its address: a building with three rooms is three venues."""

    __tablename__ = "venue"
    __table_args__ = (CheckConstraint("capacity > 0", name="capacity"),)

    name: str
    status: CatalogueStatus = status_column(CatalogueStatus, CatalogueStatus.ACTIVE)
    block: str | None = Field(default=None, max_length=10)
    street: str | None = Field(default=None, max_length=32)
    floor: str | None = Field(default=None, max_length=3)
    unit: str | None = Field(default=None, max_length=5)
    building: str | None = Field(default=None, max_length=66)
    postal_code: str | None = Field(default=None, max_length=6)
    room: str | None = Field(default=None, max_length=255)
    wheelchair_access: bool = False
    capacity: int | None = None

    @property
    def active(self) -> bool:
        return self.status is CatalogueStatus.ACTIVE

    def missing_address(self) -> list[str]:
        """Which parts of the address a session taught in person still needs."""
        return [part for part in ADDRESS if not getattr(self, part)]

    def created(self) -> VenueCreated:
        return VenueCreated(venue_id=self.id, revision=self.version)

    def changed(self, changes: tuple[Change, ...]) -> VenueChanged:
        return VenueChanged(venue_id=self.id, revision=self.version, changes=changes)

    def retire(self, reason: str | None) -> VenueRetired:
        if not self.active:
            raise AlreadyRetired("venue", self.id)
        self.status = CatalogueStatus.RETIRED
        return VenueRetired(venue_id=self.id, revision=self.version, reason=reason)
