from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from libs.web.body import Body
from libs.web.views import LastChange
from services.course.models.codes import CatalogueStatus, Mode
from services.course.schemas.words import UNSET, Reference, SkillCode, Title

Minutes = Annotated[int, Field(gt=0, le=100_000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Seats = Annotated[int, Field(gt=0, le=1000)]
SkillCodes = Annotated[list[SkillCode], Field(max_length=50)]
Modes = Annotated[list[Mode], Field(max_length=9)]


class PassRule(Body):
    """How a score becomes a result: at least this many of 100; None when no score decides."""

    pass_mark: Annotated[int, Field(ge=0, le=100)] | None = None


class CourseWish(Body):
    """A new course; a funded one names its funding window."""

    reference: Reference
    title: Title
    funded: bool
    support_from: date | None = None
    support_to: date | None = None
    skill_codes: SkillCodes = Field(default=[])
    planned_minutes: Minutes
    pass_rule: PassRule = PassRule()
    min_attendance_pct: Percent = 75
    max_class_size: Seats | None = None
    modes: Modes = Field(default=[])

    @model_validator(mode="after")
    def _window_ordered(self) -> Self:
        if self.support_from and self.support_to and self.support_to < self.support_from:
            message = "support_to lies before support_from"
            raise ValueError(message)
        if self.funded and not (self.support_from and self.support_to):
            message = "a funded course needs support_from and support_to"
            raise ValueError(message)
        return self


class CoursePatch(Body):
    """Only the fields sent change."""

    reference: Reference = UNSET
    title: Title = UNSET
    funded: bool = UNSET
    support_from: date | None = None
    support_to: date | None = None
    skill_codes: SkillCodes = UNSET
    planned_minutes: Minutes = UNSET
    pass_rule: PassRule = UNSET
    min_attendance_pct: Percent = UNSET
    max_class_size: Seats | None = None
    modes: Modes = UNSET


class CourseView(LastChange):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    reference: str
    title: str
    status: CatalogueStatus
    funded: bool
    support_from: date | None
    support_to: date | None
    skill_codes: list[str]
    planned_minutes: int
    pass_rule: dict[str, Any]
    min_attendance_pct: int
    max_class_size: int | None
    modes: list[str]
    created_at: datetime
