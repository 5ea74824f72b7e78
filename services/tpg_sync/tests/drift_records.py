"""The runs, people, marks and results that drift is made on: all of them synthetic."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from libs.contracts.submissions import (
    AssessmentSubmission,
    AttendanceSubmission,
    EnrolmentSubmission,
    RunSubmission,
    TraineePart,
)
from services.tpg_sync.tests.samples import enrolment, mark, result, run, session, trainee

WEIGHTS, LETTERS = (2, 7, 6, 5, 4, 3, 2), "JZIHGFEDCBA"


def nric(number: int) -> str:
    """A number with a right check letter that belongs to nobody: the series begins at 0."""
    digits = f"{number:07d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    return f"S{digits}{LETTERS[rest]}"


@dataclass(slots=True)
class Stage:
    """One run with everybody on it."""

    number: int
    run_id: UUID
    people: list[UUID]
    bare: bool = False
    apart: int = 19
    """Whom nothing else befalls in this round."""

    def person(self, index: int) -> UUID:
        return self.people[index]


def session_id(number: int, which: int) -> UUID:
    return UUID(int=500_000 + number * 10 + which)


def mark_id(stage: Stage, index: int) -> UUID:
    return UUID(int=stage.person(index).int + 1_000_000)


def result_id(stage: Stage, index: int) -> UUID:
    return UUID(int=stage.person(index).int + 2_000_000)


def run_of(number: int, *, begun: bool = True) -> RunSubmission:
    """Its first session is today, or (for one that may be published anew) lies ahead."""
    day = date(2026, 3, 2 if begun else 22)
    first = session(1, session_id=session_id(number, 1), start_on=day, end_on=day)
    at_noon = first.model_copy(update={"start_time": time(13), "end_time": time(17)})
    others = (
        session(2, session_id=session_id(number, 2)),
        session(3, session_id=session_id(number, 3), start_on=date(2026, 3, 24), end_on=date(2026, 3, 24)),
    )
    return run(
        run_id=UUID(int=1_000 + number),
        registration_closes_on=day,
        start_on=day,
        end_on=date(2026, 3, 25),
        schedule_info=f"Run {number}",
        sessions=(at_noon, *others),
        intake_size=30,
    )


def person_of(number: int, index: int) -> TraineePart:
    who = number * 100 + index
    return trainee(
        trainee_id=UUID(int=3_000_000 + who),
        id_number=nric(10_000 + who),
        id_type="NRIC",
        full_name=f"Synthetic Trainee {who}",
        email=f"trainee{who}@example.com",
    )


def place_of(run_id: UUID, enrolment_id: UUID, number: int, index: int) -> EnrolmentSubmission:
    person = person_of(number, index)
    return enrolment(enrolment_id=enrolment_id, run_id=run_id, trainee=person)


def mark_of(stage: Stage, index: int, **changed: Any) -> AttendanceSubmission:
    fields: dict[str, Any] = {
        "attendance_id": mark_id(stage, index),
        "enrolment_id": stage.person(index),
        "session_id": session_id(stage.number, 1),
        "run_id": stage.run_id,
    }
    return mark(**{**fields, **changed})


def result_of(stage: Stage, index: int) -> AssessmentSubmission:
    return result(
        assessment_id=result_id(stage, index),
        enrolment_id=stage.person(index),
        run_id=stage.run_id,
        assessed_on=date(2026, 3, 2),
    )
