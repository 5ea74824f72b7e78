"""What TPGateway would refuse, found before anything is owed and told in the fields people edit here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from libs.contracts.course import RunStatus
from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError
from libs.tpgateway.rules.finding import Finding, Severity, blocking
from libs.tpgateway.submissions.run_findings import judge
from services.course.models.course import Course
from services.course.models.policy import Policy
from services.course.models.run import CourseRun
from services.course.queries.submissions import Opens, submission_of

_SESSION = re.compile(r"sessions\[(\d+)\]")
_INDEX = re.compile(r"\[(\d+)\]")
_OURS = {"start_on": "start_at", "start_time": "start_at", "end_on": "end_at", "end_time": "end_at"}
"""TPGateway judges days and times of day; a session here has two instants."""


async def preflight(
    uow: UnitOfWork, run: CourseRun, course: Course, policy: Policy, vault: Opens
) -> tuple[list[FieldError], list[FieldError]]:
    """What stands in the way of publishing the run, or of changing it once published; and what is worth a look."""
    found = await _judged(uow, run, vault)
    ours = run.publish_problems(course, policy, uow.now()) if run.status is RunStatus.DRAFT else []
    return ours + _told(blocking(found)), _told([each for each in found if each.severity is Severity.WARN])


async def refusals(uow: UnitOfWork, run: CourseRun, vault: Opens) -> list[FieldError]:
    """What TPGateway's rules alone would refuse."""
    return _told(blocking(await _judged(uow, run, vault)))


async def _judged(uow: UnitOfWork, run: CourseRun, vault: Opens) -> list[Finding]:
    """Findings with `sessions.2.start_at` for the third of the sessions as this service lists them."""
    submission = await submission_of(uow, run, vault)
    listed = {session.id: index for index, session in enumerate(run.sessions)}
    positions = {index: listed[part.session_id] for index, part in enumerate(submission.sessions)}
    found = judge(submission, now=uow.now())
    return [replace(finding, field=_ours(finding.field, positions)) for finding in found]


def _ours(field: str, positions: Mapping[int, int]) -> str:
    if _SESSION.match(field):
        field = _SESSION.sub(lambda found: f"sessions.{positions[int(found[1])]}", field)
        head, _, leaf = field.rpartition(".")
        field = f"{head}.{_OURS.get(leaf, leaf)}"
    return _INDEX.sub(r".\1", field)


def _told(findings: Sequence[Finding]) -> list[FieldError]:
    return [FieldError(each.field, each.code, each.message, each.fix) for each in findings]
