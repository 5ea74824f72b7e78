"""Rules as people send and see them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.web.body import Body
from libs.web.reason import Reason
from services.assessment.models.rule import RuleSource
from services.assessment.models.words import Grade
from services.assessment.schemas.words import Score, SkillCode

Percent = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=0, le=3650)]


class Band(Body):
    """From this score on, this grade."""

    from_score: Score
    grade: Grade


class RuleWish(Body):
    """A whole new version of a course's rule, in force from a Singapore date that lies ahead."""

    course_id: UUID
    effective_from: date
    pass_mark: Score | None = None
    """Null when no score decides."""
    bands: Annotated[list[Band], Field(max_length=6)] = Field(default=[])
    """The highest first, the lowest from 0 on; empty when grades are free."""
    competency_only: bool = False
    exempt_allowed: bool = True
    min_attendance_pct: Percent = 75
    amend_days: Days = 7
    makeup_days: Days = 60
    skill_codes: Annotated[list[SkillCode], Field(max_length=50)] = Field(default=[])
    auto_certificate: bool = True
    reason: Reason

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        scores = [band.from_score for band in self.bands]
        if scores and (scores != sorted(set(scores), reverse=True) or scores[-1] != 0):
            message = "bands stand highest first, each score once, the last from 0 on"
            raise ValueError(message)
        if len({band.grade for band in self.bands}) != len(self.bands):
            message = "each grade has one band"
            raise ValueError(message)
        if self.competency_only and (self.bands or self.pass_mark is not None):
            message = "a course judged by competency alone has neither pass_mark nor bands"
            raise ValueError(message)
        if len(set(self.skill_codes)) != len(self.skill_codes):
            message = "each skill code stands once"
            raise ValueError(message)
        return self


class RuleView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    course_id: UUID | None
    source: RuleSource
    effective_from: date
    pass_mark: int | None
    bands: list[tuple[int, str]]
    competency_only: bool
    exempt_allowed: bool
    min_attendance_pct: int
    amend_days: int
    makeup_days: int
    skill_codes: list[str]
    auto_certificate: bool
    created_at: datetime
    created_by: str
