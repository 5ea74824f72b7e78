from datetime import date
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from libs.contracts.course import CourseChanged, CourseCreated, CourseEvent, CourseFact, CourseRetired
from libs.contracts.event import Change
from libs.database.model import Record, status_column
from services.course.errors import AlreadyRetired
from services.course.models.codes import CatalogueStatus
from services.course.models.model import Model

E = TypeVar("E", bound=CourseEvent)


class Course(Record, Model, table=True):
    """An approved offering; runs deliver it."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("support_from <= support_to", name="support_ordered"),
        CheckConstraint("not funded or (support_from is not null and support_to is not null)", name="funded_window"),
        CheckConstraint("min_attendance_pct between 0 and 100", name="pct"),
        Index("course_reference_key", "reference", unique=True),
    )

    reference: str = Field(max_length=100)
    title: str
    status: CatalogueStatus = status_column(CatalogueStatus, CatalogueStatus.ACTIVE)
    funded: bool
    support_from: date | None = None
    support_to: date | None = None
    skill_codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    planned_minutes: int
    pass_rule: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    min_attendance_pct: int
    max_class_size: int | None = None
    modes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))

    @property
    def active(self) -> bool:
        return self.status is CatalogueStatus.ACTIVE

    def funds(self, day: date) -> bool:
        """Whether a run may start on this day; a course without funding bars none."""
        if not self.funded or self.support_from is None or self.support_to is None:
            return True
        return self.support_from <= day <= self.support_to

    def created(self) -> CourseCreated:
        return self._tell(CourseCreated)

    def changed(self, changes: tuple[Change, ...]) -> CourseChanged:
        return self._tell(CourseChanged, changes=changes)

    def retire(self, reason: str | None) -> CourseRetired:
        if not self.active:
            raise AlreadyRetired("course", self.id)
        self.status = CatalogueStatus.RETIRED
        return self._tell(CourseRetired, reason=reason)

    def _tell(self, kind: type[E], *, reason: str | None = None, changes: tuple[Change, ...] = ()) -> E:
        fact = CourseFact(
            reference=self.reference,
            funded=self.funded,
            min_attendance_pct=self.min_attendance_pct,
            active=self.active,
            revision=self.version,
            title=self.title,
            skill_codes=tuple(self.skill_codes),
            pass_mark=self.pass_rule.get("pass_mark"),
        )
        return kind(course_id=self.id, course=fact, reason=reason, changes=changes)
