"""Every operation of TPGateway as data: where it is, what is encrypted, and whether it may be repeated.

`CREATES` must never be resent blindly: TPGateway knows no idempotency key, and a second create is a second record.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote


class Family(StrEnum):
    """Which envelope and error form an operation speaks."""

    COURSES = "courses"
    TPG = "tpg"
    TRAINERS = "trainers"


class Group(StrEnum):
    """Operations that fail together: one circuit breaker and one pinned API version each."""

    COURSE_RUNS = "course_runs"
    SESSIONS = "sessions"
    TRAINERS = "trainers"
    ENROLMENTS = "enrolments"
    ATTENDANCE = "attendance"
    ASSESSMENTS = "assessments"


class Effect(StrEnum):
    READS = "reads"
    REPEATABLE = "repeatable"
    """Changes something, and the same twice changes it once."""
    CREATES = "creates"


class Body(StrEnum):
    NONE = "none"
    PLAIN = "plain"
    ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing TPGateway does. `path` is a template: it, never a filled one, may go into logs and metrics."""

    name: str
    method: str
    path: str
    family: Family
    group: Group
    effect: Effect
    request: Body
    reply: Body
    query: tuple[str, ...] = ()

    def target(self, **values: str) -> str:
        """The path with its places filled, safely quoted."""
        return self.path.format_map({name: quote(value, safe="") for name, value in values.items()})


_PAGES: Final = ("page", "pageSize")
_EXPIRED: Final = ("includeExpiredCourses",)
_EDIT_RUN: Final = "/courses/courseRuns/edit/{run_id}"
_SESSIONS: Final = "/courses/runs/{run_id}/sessions"
_TRAINERS: Final = "/trainingProviders/{uen}/trainers"
_ENROLMENT: Final = "/tpg/enrolments/details/{reference}"
_ASSESSMENT: Final = "/tpg/assessments/details/{reference}"


def _read(name: str, path: str, family: Family, group: Group, reply: Body, *query: str) -> Operation:
    return Operation(name, "GET", path, family, group, Effect.READS, Body.NONE, reply, query)


def _post(
    name: str, path: str, family: Family, group: Group, effect: Effect, reply: Body, query: tuple[str, ...] = ()
) -> Operation:
    return Operation(name, "POST", path, family, group, effect, Body.ENCRYPTED, reply, query)


def _course(name: str, path: str, effect: Effect) -> Operation:
    return _post(name, path, Family.COURSES, Group.COURSE_RUNS, effect, Body.PLAIN, _EXPIRED)


PUBLISH_RUNS: Final = _course("publish_runs", "/courses/courseRuns/publish", Effect.CREATES)
EDIT_RUN: Final = _course("edit_run", _EDIT_RUN, Effect.REPEATABLE)
"""Repeatable unless it adds sessions: those it would add again."""
DELETE_RUN: Final = _course("delete_run", _EDIT_RUN, Effect.REPEATABLE)
VIEW_RUN: Final = _read(
    "view_run",
    "/courses/courseRuns/id/{run_id}",
    Family.COURSES,
    Group.COURSE_RUNS,
    Body.PLAIN,
    *_EXPIRED,
    "organizationKey",
)
LIST_RUNS: Final = _read(
    "list_runs",
    "/courses/courseRuns/reference",
    Family.COURSES,
    Group.COURSE_RUNS,
    Body.PLAIN,
    "courseReferenceNumber",
    "uen",
    *_PAGES,
    "tpCode",
    "courseRunStartDate",
    *_EXPIRED,
)
LIST_SESSIONS: Final = _read(
    "list_sessions",
    _SESSIONS,
    Family.COURSES,
    Group.SESSIONS,
    Body.PLAIN,
    "uen",
    "courseReferenceNumber",
    "sessionMonth",
    *_EXPIRED,
    *_PAGES,
)

LIST_TRAINERS: Final = _read(
    "list_trainers", _TRAINERS, Family.TRAINERS, Group.TRAINERS, Body.ENCRYPTED, *_PAGES, "keyword"
)
ADD_TRAINER: Final = _post("add_trainer", _TRAINERS, Family.TRAINERS, Group.TRAINERS, Effect.CREATES, Body.PLAIN)
CHANGE_TRAINER: Final = _post(
    "change_trainer",
    f"{_TRAINERS}/{{trainer_id}}",
    Family.TRAINERS,
    Group.TRAINERS,
    Effect.REPEATABLE,
    Body.PLAIN,
)


def _enrolment(name: str, path: str, effect: Effect) -> Operation:
    return _post(name, path, Family.TPG, Group.ENROLMENTS, effect, Body.ENCRYPTED)


CREATE_ENROLMENT: Final = _enrolment("create_enrolment", "/tpg/enrolments", Effect.CREATES)
UPDATE_ENROLMENT: Final = _enrolment("update_enrolment", _ENROLMENT, Effect.REPEATABLE)
CANCEL_ENROLMENT: Final = _enrolment("cancel_enrolment", _ENROLMENT, Effect.REPEATABLE)
SEARCH_ENROLMENTS: Final = _enrolment("search_enrolments", "/tpg/enrolments/search", Effect.READS)
VIEW_ENROLMENT: Final = _read("view_enrolment", _ENROLMENT, Family.TPG, Group.ENROLMENTS, Body.ENCRYPTED)
UPDATE_FEE: Final = _enrolment("update_fee", "/tpg/enrolments/feeCollections/{reference}", Effect.REPEATABLE)

VIEW_ATTENDANCE: Final = _read(
    "view_attendance",
    f"{_SESSIONS}/attendance",
    Family.COURSES,
    Group.ATTENDANCE,
    Body.ENCRYPTED,
    "uen",
    "courseReferenceNumber",
    "sessionId",
)
UPLOAD_ATTENDANCE: Final = _post(
    "upload_attendance", f"{_SESSIONS}/attendance", Family.COURSES, Group.ATTENDANCE, Effect.CREATES, Body.PLAIN
)


def _assessment(name: str, path: str, effect: Effect) -> Operation:
    return _post(name, path, Family.TPG, Group.ASSESSMENTS, effect, Body.ENCRYPTED)


CREATE_ASSESSMENT: Final = _assessment("create_assessment", "/tpg/assessments", Effect.CREATES)
UPDATE_ASSESSMENT: Final = _assessment("update_assessment", _ASSESSMENT, Effect.REPEATABLE)
VOID_ASSESSMENT: Final = _assessment("void_assessment", _ASSESSMENT, Effect.REPEATABLE)
SEARCH_ASSESSMENTS: Final = _assessment("search_assessments", "/tpg/assessments/search", Effect.READS)
VIEW_ASSESSMENT: Final = _read("view_assessment", _ASSESSMENT, Family.TPG, Group.ASSESSMENTS, Body.ENCRYPTED)

OPERATIONS: Final[dict[str, Operation]] = {
    operation.name: operation
    for operation in (
        PUBLISH_RUNS,
        EDIT_RUN,
        DELETE_RUN,
        VIEW_RUN,
        LIST_RUNS,
        LIST_SESSIONS,
        LIST_TRAINERS,
        ADD_TRAINER,
        CHANGE_TRAINER,
        CREATE_ENROLMENT,
        UPDATE_ENROLMENT,
        CANCEL_ENROLMENT,
        SEARCH_ENROLMENTS,
        VIEW_ENROLMENT,
        UPDATE_FEE,
        VIEW_ATTENDANCE,
        UPLOAD_ATTENDANCE,
        CREATE_ASSESSMENT,
        UPDATE_ASSESSMENT,
        VOID_ASSESSMENT,
        SEARCH_ASSESSMENTS,
        VIEW_ASSESSMENT,
    )
}
"""By name. What is not here (claims, grants, the course register) this system does not call."""
