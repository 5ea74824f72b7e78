"""Which events a caller may hear of: each kind of record is heard by whoever may look at it. Data, beside the matrix.

Deny by default: a kind that is not named here is heard by nobody but service clients with the scope `events:feed`.
"""

from collections.abc import Mapping
from enum import Enum

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal


class Hearing(Enum):
    """How far a caller hears of a kind of record."""

    NOTHING = "nothing"
    OWN = "own"  # of records the caller is assigned to
    EVERYTHING = "everything"


HEARD_BY: Mapping[str, Permission] = {
    "access": Permission.AUDIT_READ,
    "assessment": Permission.ASSESSMENTS_VIEW,
    "assessment_outcome": Permission.ASSESSMENTS_VIEW,
    "assessment_rule": Permission.ASSESSMENTS_VIEW,
    "attendance": Permission.ATTENDANCE_VIEW,
    "attendance_export": Permission.ATTENDANCE_VIEW,
    "attendance_import": Permission.ATTENDANCE_VIEW,
    "attendance_policy": Permission.ATTENDANCE_VIEW,
    "attendance_print": Permission.ATTENDANCE_VIEW,
    "attendance_rate": Permission.ATTENDANCE_VIEW,
    "attendance_sheet": Permission.ATTENDANCE_VIEW,
    "audit": Permission.AUDIT_READ,
    "audit_key": Permission.AUDIT_READ,
    "breaker": Permission.SYNC_VIEW,
    "certificate": Permission.ASSESSMENTS_VIEW,
    "check_in": Permission.ATTENDANCE_VIEW,
    "check_in_pass": Permission.ATTENDANCE_VIEW,
    "client": Permission.CLIENTS_VIEW,
    "course": Permission.COURSES_VIEW,
    "course_policy": Permission.COURSES_VIEW,
    "discrepancy": Permission.SYNC_VIEW,
    "employer": Permission.TRAINEES_VIEW,
    "enrolment": Permission.ENROLMENTS_VIEW,
    "enrolment_export": Permission.ENROLMENTS_VIEW,
    "enrolment_import": Permission.ENROLMENTS_VIEW,
    "enrolment_policy": Permission.ENROLMENTS_VIEW,
    "evidence": Permission.AUDIT_READ,
    "lane": Permission.SYNC_VIEW,
    "obligation": Permission.COMPLIANCE_VIEW,
    "official_scan": Permission.ATTENDANCE_VIEW,
    "operation": Permission.MESSAGING_VIEW,
    "reconciliation": Permission.SYNC_VIEW,
    "run": Permission.RUNS_VIEW,
    "run_seats": Permission.RUNS_VIEW,
    "sign_in": Permission.USERS_VIEW,
    "signing_key": Permission.KEYS_ROTATE,
    "sync": Permission.SYNC_VIEW,
    "trainee": Permission.TRAINEES_VIEW,
    "trainee_copies": Permission.TRAINEES_VIEW,
    "trainer": Permission.TRAINERS_VIEW,
    "user": Permission.USERS_VIEW,
    "venue": Permission.COURSES_VIEW,
}
"""By an event's aggregate type."""


def hearing_of(principal: Principal, aggregate_type: str) -> Hearing:
    """How far this caller hears of records of this kind."""
    if principal.grant(Permission.EVENTS_FEED) is not None:
        return Hearing.EVERYTHING
    needed = HEARD_BY.get(aggregate_type)
    reach = principal.grant(needed) if needed is not None else None
    if reach is None:
        return Hearing.NOTHING
    return Hearing.OWN if reach is Grant.OWN else Hearing.EVERYTHING


def hears_anything(principal: Principal) -> bool:
    return any(hearing_of(principal, kind) is not Hearing.NOTHING for kind in HEARD_BY)
