"""What a course's results are judged by: versioned, complete, and never changed in place."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from libs.contracts.assessment import CourseRuleIntroduced
from libs.contracts.event import Change
from libs.database.model import Record, status_column
from libs.errors import FieldError
from services.assessment.models.model import Model
from services.assessment.models.words import Grade, Result, Words

HIGHEST_SCORE = 100


class RuleSource(StrEnum):
    """Where a version comes from: laid down with the system, derived from the course itself, or a person's."""

    DEFAULT = "default"
    COURSE = "course"
    PERSON = "person"


class Rule(Record, Model, table=True):
    """One version, in force from a Singapore date until the course's next one."""

    __tablename__ = "rule"
    __table_args__ = (
        CheckConstraint("pass_mark between 0 and 100", name="pass_mark"),
        CheckConstraint("min_attendance_pct between 0 and 100", name="min_attendance"),
        CheckConstraint("amend_days >= 0 and makeup_days >= 0", name="days"),
        CheckConstraint("(course_id is null) = (source = 'default')", name="whose"),
        Index("rule_course_idx", "course_id", "effective_from", "number"),
        Index(
            "rule_person_day_key",
            "course_id",
            "effective_from",
            unique=True,
            postgresql_where=text("source = 'person'"),
        ),
    )

    number: int = Field(unique=True)
    course_id: UUID | None = None
    """None for the rule that holds until a course has its own."""
    source: RuleSource = status_column(RuleSource, name="source")
    effective_from: date
    pass_mark: int | None = None
    """From which score on a result is a pass; None when no score decides."""
    bands: list[list[int | str]] = Field(sa_column=Column(JSONB, nullable=False))
    """From which score on which grade is given, the highest first; empty when grades are free."""
    competency_only: bool
    """C or NYC alone: no score, no grade."""
    exempt_allowed: bool
    min_attendance_pct: int
    amend_days: int
    """Whole Singapore days after the day of finalising in which its own assessor may still amend a result."""
    makeup_days: int
    """Calendar days after the run's end in which who failed may be assessed again."""
    skill_codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    """What must be passed; empty when the course is assessed as a whole."""
    auto_certificate: bool
    """Whether a certificate is issued by itself once everything is passed."""

    @property
    def required(self) -> tuple[str, ...]:
        """Every skill that must be passed; a course assessed as a whole has one without a code."""
        return tuple(self.skill_codes) or ("",)

    def last_amend_day(self, finalised_on: date) -> date:
        """The last Singapore day on which an amendment needs no second person."""
        return finalised_on + timedelta(days=self.amend_days)

    def introduced(self, reason: str | None, changes: Sequence[Change]) -> CourseRuleIntroduced:
        if self.course_id is None:
            message = "the default rule is laid down by the first migration and told by nobody"
            raise ValueError(message)
        return CourseRuleIntroduced(
            rule_id=self.id,
            course_id=self.course_id,
            number=self.number,
            effective_from=self.effective_from,
            reason=reason,
            changes=tuple(changes),
        )

    def findings(self, words: Words) -> list[FieldError]:
        """Everything in which these words disagree with the rule. Nothing is ever adjusted to it."""
        if words.result is None:
            return [_wrong("result", "missing", "A result is needed.", "Say Pass, Fail or Exempt.")]
        if words.result is Result.EXEMPT:
            return self._of_exemption(words)
        if self.competency_only:
            return [
                _wrong(name, "not_taken", f"This course is judged by competency alone, without a {name}.", "Leave out.")
                for name in ("score", "grade")
                if getattr(words, name) is not None
            ]
        return [*self._of_score(words), *self._of_grade(words)]

    def _of_exemption(self, words: Words) -> list[FieldError]:
        found = []
        if not self.exempt_allowed:
            found.append(_wrong("result", "not_allowed", "Nobody is exempted from this course.", "Say Pass or Fail."))
        found += [
            _wrong(name, "not_taken", f"Who is exempted has no {name}.", "Leave it out.")
            for name in ("score", "grade")
            if getattr(words, name) is not None
        ]
        return found

    def _of_score(self, words: Words) -> list[FieldError]:
        if self.pass_mark is None or words.score is None:
            return []
        if (words.score >= self.pass_mark) == (words.result is Result.PASS):
            return []
        message = f"The result does not agree with the score: the pass mark is {self.pass_mark}."
        return [_wrong("result", "disagrees", message, "Correct the result or the score.")]

    def _of_grade(self, words: Words) -> list[FieldError]:
        if words.grade is None or not self.bands:
            return []
        low, high = self._range_of(words.grade)
        if low is None:
            return [_wrong("grade", "unknown", "This course does not give that grade.", "Use one of its bands.")]
        if words.score is not None:
            if low <= words.score <= high:
                return []
            message = "The grade does not agree with the score by the bands of this course."
            return [_wrong("grade", "disagrees", message, "Correct the grade or the score.")]
        if self.pass_mark is None:
            return []
        fits = high >= self.pass_mark if words.result is Result.PASS else low < self.pass_mark
        message = "The grade does not agree with the result by the bands of this course."
        return [] if fits else [_wrong("grade", "disagrees", message, "Correct the grade or the result.")]

    def _range_of(self, grade: Grade) -> tuple[int | None, int]:
        """The lowest and the highest score of a grade; no lowest when it is not given."""
        high = HIGHEST_SCORE
        for floor, name in self.bands:
            if name == grade.value:
                return int(floor), high
            high = int(floor) - 1
        return None, high


def _wrong(field: str, code: str, message: str, fix: str) -> FieldError:
    return FieldError(field, code, message, fix)
