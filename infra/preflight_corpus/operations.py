"""The operations a request can be made for: where it goes, when, and who judges it beforehand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, Final

from infra.preflight_corpus.case import Json
from infra.preflight_corpus.sound import assessments, attendance, course_runs, enrolments
from infra.preflight_corpus.stage import ASSESSMENT, CLOSING, ENROLMENT, OPENING, RUN, mode_of
from infra.tpg_simulator.samples import OWN
from libs.sources import singapore_day
from libs.tpgateway.rules import assessments as assessment_rules
from libs.tpgateway.rules import attendance as attendance_rules
from libs.tpgateway.rules import course_runs as run_rules
from libs.tpgateway.rules import enrolments as enrolment_rules
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.ruleset import ruleset_on


@dataclass(frozen=True, slots=True)
class Operation:
    """`draw` makes a sound body from a seeded source, `judge` is our own reading of one."""

    title: str
    path: str
    draw: Callable[[Random], Json]
    judge: Callable[..., list[Finding]]
    now: datetime = OPENING

    def findings(self, body: Json) -> list[Finding]:
        """All of ours, blocking or not, under the caller's own credentials at the operation's moment."""
        ruleset = ruleset_on(singapore_day(self.now))
        return self.judge(body, now=self.now, ruleset=ruleset, caller_uen=OWN)


def _judge_upload(body: Json, **around: Any) -> list[Finding]:
    """The caller knows the session, and with it the mode, which no upload tells."""
    return attendance_rules.judge_upload(body, mode_of_training=mode_of(body), **around)


_ENROLMENT, _ASSESSMENT = f"/tpg/enrolments/details/{ENROLMENT}", f"/tpg/assessments/details/{ASSESSMENT}"
_closing = partial(Operation, now=CLOSING)
OPERATIONS: Final[Mapping[str, Operation]] = {
    "C1": Operation("publish runs", "/courses/courseRuns/publish", course_runs.publish, run_rules.judge_publish),
    "C2": Operation("edit a run", f"/courses/courseRuns/edit/{RUN}", course_runs.edit, run_rules.judge_edit),
    "E1": Operation("enrol", "/tpg/enrolments", enrolments.create, enrolment_rules.judge_create),
    "E2": Operation("change an enrolment", _ENROLMENT, enrolments.update, enrolment_rules.judge_update),
    "E3": Operation("cancel an enrolment", _ENROLMENT, enrolments.cancel, enrolment_rules.judge_cancel),
    "E4": Operation("search enrolments", "/tpg/enrolments/search", enrolments.search, enrolment_rules.judge_search),
    "E6": Operation(
        "tell a fee", f"/tpg/enrolments/feeCollections/{ENROLMENT}", enrolments.collect_fee, enrolment_rules.judge_fee
    ),
    "A2": _closing("upload attendance", f"/courses/runs/{RUN}/sessions/attendance", attendance.upload, _judge_upload),
    "S1": _closing("tell a result", "/tpg/assessments", assessments.create, assessment_rules.judge_create),
    "S2": _closing("change a result", _ASSESSMENT, assessments.update, assessment_rules.judge_update),
    "S3": _closing("void a result", _ASSESSMENT, assessments.void, assessment_rules.judge_void),
    "S4": _closing("search results", "/tpg/assessments/search", assessments.search, assessment_rules.judge_search),
}
