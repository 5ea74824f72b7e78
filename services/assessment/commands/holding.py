"""One enrolment's results, held still: whoever moves one waits in line at the enrolment's row.

Locks are always taken in one order: enrolments by id, then assessments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound, OverrideNotAllowed, UnknownReference, WrongWords
from libs.sources import singapore_day
from libs.telemetry.context import current
from services.assessment.errors import NotAssessable
from services.assessment.models.assessment import Assessment
from services.assessment.models.enrolment import Enrolment
from services.assessment.models.lifecycle import AssessmentAction, Standing
from services.assessment.models.rule import Rule
from services.assessment.models.run import Course, Run
from services.assessment.queries.assessments import get_assessment, lock_assessment, lock_enrolments, standing_of
from services.assessment.queries.rules import rule_numbered
from services.assessment.queries.runs import assessor_of


@dataclass(frozen=True, slots=True)
class Asker:
    """What the caller of a command may do. `own` is the account whose runs alone they may touch."""

    own: UUID | None = None
    overrides: bool = False
    finalises: bool = False
    amends_alone: bool = False
    """Inside the amend window; others only propose."""
    voids_alone: bool = False

    @property
    def name(self) -> str:
        return current().actor_id


@dataclass(frozen=True, slots=True)
class Held:
    """An assessment with what it hangs on, locked until the transaction ends."""

    uow: UnitOfWork
    assessment: Assessment
    enrolment: Enrolment
    run: Run

    @property
    def today(self) -> date:
        return singapore_day(self.uow.now())

    async def rule(self) -> Rule:
        """What it was last judged by."""
        return await rule_numbered(self.uow, self.assessment.rule_number)

    async def standing(self) -> Standing:
        return await standing_of(self.uow, self.assessment, await self.rule(), self.today)

    async def require(self, action: AssessmentAction) -> None:
        """Raise ActionNotAllowed, naming what is."""
        self.assessment.require(action, await self.standing())

    def touch(self) -> None:
        self.assessment.touch(self.uow)


async def hold(uow: UnitOfWork, assessment_id: UUID, asker: Asker, *, version: int | None) -> Held:
    """The assessment at the version the caller read. NotFound outside the runs they assess."""
    seen = await get_assessment(uow, assessment_id, only_user=asker.own)
    enrolment = (await lock_enrolments(uow, [seen.enrolment_id]))[seen.enrolment_id]
    assessment = await lock_assessment(uow, assessment_id)
    if version is not None:
        assessment.expect(version)
    return Held(uow, assessment, enrolment, await uow.get(Run, assessment.run_id))


async def hold_enrolment(uow: UnitOfWork, enrolment_id: UUID, asker: Asker) -> tuple[Enrolment, Run]:
    """An enrolment named in a body, locked. UnknownReference also when it is outside the caller's runs."""
    enrolment = (await lock_enrolments(uow, [enrolment_id], only_user=asker.own)).get(enrolment_id)
    run = None if enrolment is None else await uow.find(Run, enrolment.run_id)
    if enrolment is None or run is None:
        raise UnknownReference("enrolment_id", "enrolment", enrolment_id)
    return enrolment, run


def require_assessable(enrolment: Enrolment) -> None:
    if not enrolment.assessable:
        raise NotAssessable(enrolment.id, enrolment.status.value)


def require_override(rule: str, reason: str | None, asker: Asker) -> str:
    """The reason. Raises OverrideNotAllowed without the right, WrongWords without a reason."""
    if not asker.overrides:
        raise OverrideNotAllowed(rule)
    if reason is None:
        raise WrongWords("reason", "missing", "An override needs its reason.", "Say why.")
    return reason


def require_day(assessed_on: date, run: Run, today: date) -> None:
    """Raise WrongWords for a day that lies ahead or before the run."""
    if assessed_on > today:
        raise WrongWords("assessed_on", "in_the_future", "The day lies ahead.", f"Use {today.isoformat()} or before.")
    if assessed_on < run.start_on:
        raise WrongWords(
            "assessed_on",
            "before_the_run",
            "The run had not begun on that day.",
            f"Use {run.start_on.isoformat()} or later.",
        )


async def require_skill(uow: UnitOfWork, skill_code: str, rule: Rule, run: Run) -> None:
    """Raise UnknownReference for a skill the course does not assess."""
    if skill_code in rule.required:
        return
    course = await uow.find(Course, run.course_id)
    if skill_code == "" or course is None or skill_code not in course.skill_codes:
        raise UnknownReference("skill_code", "skill of this course", skill_code or "of that kind")


async def assessor_for(uow: UnitOfWork, run: Run, wished: UUID | None, asker: Asker) -> dict[str, Any]:
    """Who assessed, and whether they also train this run. An assessor speaks for themselves alone."""
    if asker.own is not None and wished not in {None, asker.own}:
        raise WrongWords("assessor_id", "not_you", "An assessor enters their own results.", "Leave it out.")
    assessor_id = asker.own or wished
    if assessor_id is None:
        return {"assessor_id": None, "assessor_trains": False}
    account = await assessor_of(uow, run.id, assessor_id)
    if account is None:
        if asker.own is not None:
            raise NotFound("course run", run.id)
        raise UnknownReference("assessor_id", "assessor of the run", assessor_id)
    return {"assessor_id": assessor_id, "assessor_trains": account.trains}


def code_of(values: Mapping[str, Any]) -> str:
    """The skill code as it is kept."""
    return values.get("skill_code") or ""
