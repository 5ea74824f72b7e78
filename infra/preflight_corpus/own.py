"""Records in our own words, sound and bent: what the pre-flight of our services says of them, and the simulator.

A record goes the way a submission goes: it is judged in its own field names, made into a request and sent.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from infra.preflight_corpus.case import Json, find_at, places, spelt, with_value
from infra.preflight_corpus.operations import OPERATIONS
from infra.preflight_corpus.sound.words import email, identity, text
from infra.preflight_corpus.stage import CLOSING, OPENING, PEOPLE, RUN, session_id
from infra.tpg_simulator.samples import COURSE, OWN
from libs.contracts.submissions import AssessmentSubmission, AttendanceSubmission, EnrolmentSubmission, TraineePart
from libs.tpgateway.rules.finding import Finding, blocking
from libs.tpgateway.submissions import assessment_findings, attendance_findings, enrolment_findings
from libs.tpgateway.submissions.assessments import create_assessment, update_assessment
from libs.tpgateway.submissions.attendance import upload_attendance
from libs.tpgateway.submissions.enrolments import create_enrolment, update_enrolment
from libs.tpgateway.submissions.untellable import Untellable
from libs.tpgateway.wire import Sent

_CODE: Final = f"{OWN}-01"
_KNOWN: Final = {"uen": OWN, "tp_code": _CODE, "run_id": str(RUN)}


@dataclass(frozen=True, slots=True)
class Own:
    """One record: `request` is what would be sent, None for one that cannot be told at all."""

    operation: str
    record: Json
    bends: tuple[str, ...]
    findings: tuple[Finding, ...]
    request: Json | None


def owns(seed: int, each: int) -> Iterator[Own]:
    """So many sound records of every kind, and as many with one field bent."""
    for name, (draw, judge) in _KINDS.items():
        for number in range(each):
            rng = Random(f"{seed} own {name} {number}")
            record = draw(rng)
            yield judge(name, record, ())
            if (bent := _bent(rng, name, record, judge)) is not None:
                yield bent


def _bent(rng: Random, name: str, record: Json, judge: Callable[..., Own]) -> Own | None:
    """One field bent; a value that the record cannot hold never comes to a submission, and is drawn again."""
    known = [place for place in places(record) if type(find_at(record, place)) in _BENDABLE]
    for _ in range(_DRAWS):
        place = rng.choice(known)
        alike = [other for other in _OTHERS if isinstance(other, type(find_at(record, place)))]
        other = rng.choice(alike)
        with suppress(ValidationError):
            return judge(name, with_value(record, place, other), (f"{other!r:.20} at {spelt(place)}",))
    return None


_DRAWS: Final = 20
_BENDABLE: Final = frozenset({str, int, date, Decimal})
_OTHERS: Final = (
    *("", " ", "x" * 400, "S1234567A", "G1234567X", "nobody", "wholly", "EMPLOYER", "197401143c", "+", "12345678"),
    *(None, -1, 0, 101, 9, date(2030, 1, 1), date(1899, 1, 1), Decimal("0.25"), Decimal(-1), Decimal("8.01")),
)


def _person(rng: Random, number: str | None = None) -> Json:
    kind = rng.choice(("NRIC", "FIN", "OTHERS"))
    if number is not None:
        kind = {"S": "NRIC", "T": "NRIC", "F": "FIN", "G": "FIN"}.get(number[0], "OTHERS")
    return {
        "trainee_id": UUID(int=1),
        "id_type": kind,
        "id_number": number or identity(rng, kind),
        "full_name": text(rng, 66),
        "born_on": date(1980, 1, 31),
        "email": email(rng, 100),
        "phone": {"country": rng.choice(("+65", "65")), "area": "", "number": "9123 4567"},
    }


def _enrolment(rng: Random) -> Json:
    employer = {
        "employer_id": UUID(int=2),
        "uen": "00192200M",
        "contact_name": text(rng, 50),
        "email": email(rng, 100),
        "phone": {"country": "+65", "area": "", "number": "61234567"},
    }
    sponsorship = rng.choice(("EMPLOYER", "INDIVIDUAL"))
    return {
        "enrolment_id": UUID(int=3),
        "revision": 1,
        "fee_revision": 1,
        "status": "confirmed",
        "run_id": UUID(int=4),
        "course_reference": COURSE,
        "trainee": _person(rng),
        "sponsorship": sponsorship,
        "employer": employer if sponsorship == "EMPLOYER" else None,
        "enrolled_on": OPENING.date() - timedelta(days=rng.randrange(5)),
        "fee_status": rng.choice(("pending", "partial", "full")),
        "full_fee": Decimal("400.00"),
        "nett_fee": Decimal("200.00"),
        "discount": rng.choice((Decimal(0), Decimal("50.25"))),
    }


def _mark(rng: Random) -> Json:
    mark = {
        "attendance_id": UUID(int=5),
        "revision": 1,
        "state": rng.choice(("present", "checked_in", "rejected", "voided")),
        "session_id": UUID(int=6),
        "run_id": UUID(int=4),
        "enrolment_id": UUID(int=3),
        "hours": rng.choice((Decimal("0.5"), Decimal("3.5"), Decimal(8))),
    }
    return {"mark": mark, "trainee": _person(rng, rng.choice(PEOPLE))}


def _result(rng: Random) -> Json:
    result = {
        "assessment_id": UUID(int=7),
        "revision": 1,
        "status": "final",
        "enrolment_id": UUID(int=3),
        "run_id": UUID(int=4),
        "course_reference": COURSE,
        "skill_code": "",
        "result": rng.choice(("pass", "fail")),
        "score": rng.choice((0, 85, 100, None)),
        "grade": rng.choice(("A", "F")),
        "assessed_on": date(2026, 3, 26),
    }
    return {"result": result, "trainee": _person(rng, rng.choice(PEOPLE))}


def _judge_enrolment(name: str, record: Json, bends: tuple[str, ...], *, remote: str | None = None) -> Own:
    submission = EnrolmentSubmission.model_validate({**record, "remote_id": remote})
    findings = enrolment_findings.judge(submission, now=OPENING, **_KNOWN)
    if remote is None:
        return _own(name, record, bends, findings, lambda: create_enrolment(submission, **_KNOWN))
    return _own(name, record, bends, findings, lambda: update_enrolment(submission, run_id=str(RUN)))


def _judge_mark(name: str, record: Json, bends: tuple[str, ...], *, session: int, mode: str) -> Own:
    submission = AttendanceSubmission.model_validate(record["mark"])
    trainee = TraineePart.model_validate(record["trainee"])
    around: dict[str, Any] = {
        "mode_of_training": mode,
        "uen": OWN,
        "corppass_id": "SYNTHETIC1",
        "session_id": session_id(session),
        "course_reference": COURSE,
    }
    findings = attendance_findings.judge(submission, trainee, now=CLOSING, **around)
    told = partial(upload_attendance, submission, trainee, **around)
    return _own(name, record, bends, findings, told)


def _judge_result(name: str, record: Json, bends: tuple[str, ...], *, remote: str | None = None) -> Own:
    submission = AssessmentSubmission.model_validate({**record["result"], "remote_id": remote})
    trainee = TraineePart.model_validate(record["trainee"])
    findings = assessment_findings.judge(submission, trainee, now=CLOSING, **_KNOWN)
    if remote is None:
        return _own(name, record, bends, findings, lambda: create_assessment(submission, trainee, **_KNOWN))
    return _own(name, record, bends, findings, lambda: update_assessment(submission, trainee))


def _own(name: str, record: Json, bends: tuple[str, ...], findings: list[Finding], tell: Callable[[], Sent]) -> Own:
    try:
        request = tell().body()
    except Untellable:
        request = None
    return Own(name.partition(" ")[0], record, bends, tuple(blocking(findings)), request)


_Kind = tuple[Callable[[Random], Json], Callable[..., Own]]
_KINDS: Final[Mapping[str, _Kind]] = {
    "E1": (_enrolment, _judge_enrolment),
    "E2": (_enrolment, partial(_judge_enrolment, remote="ENR-2603-000001")),
    "A2 in a room": (_mark, partial(_judge_mark, session=1, mode="1")),
    "A2 on the job": (_mark, partial(_judge_mark, session=2, mode="4")),
    "S1": (_result, _judge_result),
    "S2": (_result, partial(_judge_result, remote="ASM-2603-000001")),
}


def path_of(own: Own) -> str:
    return OPERATIONS[own.operation].path


def told(own: Own, said: Any) -> str:
    """For people: the record's bend and both verdicts."""
    ours = ", ".join(f"{one.code} at {one.field}" for one in own.findings) or "nothing against it"
    return f"{own.operation}: {own.bends or 'as drawn'}\n  simulator: {said}\n  pre-flight: {ours}"
