"""Over all skills a course asks for: passed, failed, or still open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Field

from libs.contracts.assessment import OutcomeChanged
from services.assessment.models.model import Model


@dataclass(frozen=True, slots=True)
class Standings:
    decided: bool
    passed: bool


def judge_outcome(required: Iterable[str], effective: Mapping[str, bool]) -> Standings:
    """`effective` says for each skill whether its counting result is a pass. Decided once all required have one."""
    results = [effective.get(skill) for skill in required]
    return Standings(decided=None not in results, passed=all(result is True for result in results))


class Outcome(Model, table=True):
    """What was last told of one enrolment."""

    __tablename__ = "outcome"

    enrolment_id: UUID = Field(primary_key=True, foreign_key="assessment.enrolment.id")
    run_id: UUID
    decided: bool = False
    passed: bool = False

    def follow(self, now: Standings) -> OutcomeChanged | None:
        """None when nothing is new."""
        if (self.decided, self.passed) == (now.decided, now.passed):
            return None
        self.decided, self.passed = now.decided, now.passed
        return OutcomeChanged(
            enrolment_id=self.enrolment_id, run_id=self.run_id, decided=now.decided, passed=now.passed
        )
