"""Which events other systems are told, by the scopes of their service client. Data, beside the matrix.

Deny by default: what is not named here leaves the house with nobody. Who signed in, was refused or operated what is
the provider's own affair.
"""

from collections.abc import Iterable, Mapping

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.errors import Forbidden

TOLD: Mapping[str, Permission] = {
    "assessment": Permission.EVENTS_ASSESSMENTS,
    "assessment_outcome": Permission.EVENTS_ASSESSMENTS,
    "assessment_rule": Permission.EVENTS_ASSESSMENTS,
    "attendance": Permission.EVENTS_ATTENDANCE,
    "attendance_policy": Permission.EVENTS_ATTENDANCE,
    "attendance_rate": Permission.EVENTS_ATTENDANCE,
    "attendance_sheet": Permission.EVENTS_ATTENDANCE,
    "certificate": Permission.EVENTS_ASSESSMENTS,
    "course": Permission.EVENTS_COURSES,
    "course_policy": Permission.EVENTS_COURSES,
    "discrepancy": Permission.EVENTS_SYNC,
    "employer": Permission.EVENTS_ENROLMENTS,
    "enrolment": Permission.EVENTS_ENROLMENTS,
    "enrolment_policy": Permission.EVENTS_ENROLMENTS,
    "obligation": Permission.EVENTS_SYNC,
    "official_scan": Permission.EVENTS_SYNC,
    "reconciliation": Permission.EVENTS_SYNC,
    "run": Permission.EVENTS_COURSES,
    "run_seats": Permission.EVENTS_COURSES,
    "sync": Permission.EVENTS_SYNC,
    "trainee": Permission.EVENTS_ENROLMENTS,
    "trainer": Permission.EVENTS_COURSES,
    "venue": Permission.EVENTS_COURSES,
}
"""By an event's aggregate type; whole aggregates, so that their numbers have no holes."""

KEPT_INSIDE = frozenset(
    {
        "access",
        "attendance_export",
        "attendance_import",
        "attendance_print",
        "audit",
        "audit_key",
        "breaker",
        "check_in",
        "check_in_pass",
        "client",
        "enrolment_export",
        "enrolment_import",
        "evidence",
        "lane",
        "operation",
        "sign_in",
        "signing_key",
        "trainee_copies",
        "user",
    }
)
"""Decided to be nobody else's. Nothing reads it but the test that every kind of record is decided."""

AREAS: Mapping[str, Permission] = {
    permission.value.removeprefix("events:"): permission
    for permission in Permission
    if permission in set(TOLD.values())
}
"""The areas a subscriber may be given, by the word people use for them."""


def kinds_of(areas: Iterable[Permission]) -> tuple[str, ...]:
    """The kinds of records that belong to these areas, in one order."""
    wanted = set(areas)
    return tuple(sorted(kind for kind, area in TOLD.items() if area in wanted))


def told_kinds(principal: Principal, wanted: Iterable[str] | None = None) -> tuple[str, ...]:
    """The kinds of records whose events this caller is told, or those of them it wants.

    Raises Forbidden when it wants another: an answer without them would look like silence.
    """
    told = kinds_of(area for area in AREAS.values() if principal.grant(area) is not None)
    if wanted is None:
        return told
    asked = tuple(sorted(set(wanted)))
    if not set(asked) <= set(told):
        raise Forbidden(f"Your scopes let you hear of {', '.join(told) or 'nothing'}, and of nothing else.")
    return asked
