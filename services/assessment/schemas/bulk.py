"""A run's results in one request, and what became of each line."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from libs.web.body import Body
from services.assessment.models.words import Grade
from services.assessment.schemas.words import Attempt, ResultWord, Score, SkillCode

MOST_LINES = 200


class BulkLine(Body):
    """One person's result in one skill; sent again with the same attempt, it is the same line."""

    enrolment_id: UUID
    skill_code: SkillCode | None = None
    attempt: Attempt = 1
    result: ResultWord | None = None
    score: Score | None = None
    grade: Grade | None = None
    assessed_on: date | None = None
    """The whole request's when left out."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class BulkWish(Body):
    """Results of one run. `finalise` makes them stand at once, each line for itself."""

    run_id: UUID
    assessed_on: date | None = None
    assessor_id: UUID | None = None
    finalise: bool = False
    lines: Annotated[list[BulkLine], Field(min_length=1, max_length=MOST_LINES)]


class Verdict(StrEnum):
    ENTERED = "entered"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FINALISED = "finalised"
    REFUSED = "refused"


class LineFinding(BaseModel):
    field: str
    code: str
    message: str
    fix: str


class LineView(BaseModel):
    """One line by its place in the request. What stood in it is not repeated."""

    number: int
    verdict: Verdict
    enrolment_id: UUID
    skill_code: str | None
    attempt: int
    assessment_id: UUID | None = None
    code: str | None = None
    message: str | None = None
    findings: list[LineFinding] = []
    allowed: list[str] = []


class BulkView(BaseModel):
    run_id: UUID
    entered: int
    changed: int
    unchanged: int
    finalised: int
    refused: int
    lines: list[LineView]
