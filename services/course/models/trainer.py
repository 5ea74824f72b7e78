from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from libs.contracts.course import TrainerChanged, TrainerCreated, TrainerRetired, TrainerRevealed
from libs.contracts.event import Change
from libs.database.model import Record, status_column
from services.course.errors import AlreadyRetired
from services.course.models.codes import CatalogueStatus, IdType
from services.course.models.model import Model

PERSONAL = frozenset(
    {"name_sealed", "email_sealed", "id_number_sealed", "id_number_index", "linkedin_url", "experience"}
)
"""Fields whose values never stand in an event."""


class Trainer(Record, Model, table=True):
    """A trainer or assessor. Name, email and identity number are stored encrypted; the index finds equal numbers."""

    __tablename__ = "trainer"
    __table_args__ = (
        CheckConstraint("salutation between 1 and 6", name="salutation"),
        CheckConstraint("cardinality(roles) > 0 and roles <@ array[1, 2]", name="roles"),
        Index("trainer_id_number_index_key", "id_number_index", unique=True),
        # Serves object scope: the runs of the person whose account calls.
        Index("trainer_user_id_key", "user_id", unique=True),
    )

    user_id: UUID | None = None
    status: CatalogueStatus = status_column(CatalogueStatus, CatalogueStatus.ACTIVE)
    roles: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    existing: bool
    """TPGateway knows this person already and finds them by identity number alone."""
    id_type: IdType = status_column(IdType, name="id_type")
    id_number_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    id_number_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    name_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    email_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    salutation: int | None = None
    domain_area_of_practice: str = Field(default="", max_length=1000)
    experience: str = Field(default="", max_length=1000)
    linkedin_url: str = Field(default="", max_length=255)
    qualifications: list[dict[str, str]] = Field(sa_column=Column(JSONB, nullable=False))

    @property
    def active(self) -> bool:
        return self.status is CatalogueStatus.ACTIVE

    def created(self) -> TrainerCreated:
        return TrainerCreated(trainer_id=self.id, user_id=self.user_id, revision=self.version)

    def changed(self, changes: tuple[Change, ...]) -> TrainerChanged:
        """Sealed columns go by the name of what they hold; their indexes are no news of their own."""
        told = tuple(
            Change(field=change.field.removesuffix("_sealed"), old=change.old, new=change.new)
            for change in changes
            if not change.field.endswith("_index")
        )
        return TrainerChanged(trainer_id=self.id, user_id=self.user_id, revision=self.version, changes=told)

    def retire(self, reason: str | None) -> TrainerRetired:
        if not self.active:
            raise AlreadyRetired("trainer", self.id)
        self.status = CatalogueStatus.RETIRED
        return TrainerRetired(trainer_id=self.id, user_id=self.user_id, revision=self.version, reason=reason)

    def revealed(self, reason: str) -> TrainerRevealed:
        return TrainerRevealed(trainer_id=self.id, user_id=self.user_id, revision=self.version, reason=reason)
