from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.course.models.model import Model


class RunTrainer(Model, table=True):
    """A person linked to a run, as trainer (1), assessor (2) or both."""

    __tablename__ = "run_trainer"
    __table_args__ = (
        CheckConstraint("cardinality(roles) > 0 and roles <@ array[1, 2]", name="roles"),
        # Serves object scope and the filter by trainer.
        Index("run_trainer_trainer_idx", "trainer_id", "run_id"),
    )

    run_id: UUID = Field(primary_key=True, foreign_key="course.course_run.id")
    trainer_id: UUID = Field(primary_key=True, foreign_key="course.trainer.id")
    user_id: UUID | None = None
    """The account of that person when the link was made or last changed."""
    roles: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
