"""The matrix as data: denied by default, and what a role or a scope gives."""

from uuid import uuid4

import pytest

from libs.access.permissions import MATRIX, Grant, Permission, Role
from libs.access.principal import Principal, principal_of


def holder(*roles: Role, scopes: tuple[str, ...] = ()) -> Principal:
    return principal_of(uuid4(), [role.value for role in roles], scopes)


def test_every_permission_is_held_by_somebody() -> None:
    assert [permission for permission in Permission if not MATRIX.get(permission)] == []


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_holds_what_its_cell_says_and_nothing_else(permission: Permission, role: Role) -> None:
    cell = MATRIX[permission].get(role)
    expected = None if cell is Grant.SCOPED else cell
    assert holder(role).grant(permission) is expected


@pytest.mark.parametrize("permission", list(Permission))
def test_a_scope_opens_what_the_matrix_gives_to_services_and_nothing_more(permission: Permission) -> None:
    everything = tuple(each.value for each in Permission)
    held = holder(Role.SERVICE, scopes=everything).grant(permission)
    assert held is MATRIX[permission].get(Role.SERVICE)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SERVICE])
def test_a_scope_gives_a_person_nothing(role: Role) -> None:
    everything = tuple(each.value for each in Permission)
    assert holder(role, scopes=everything).permissions() == holder(role).permissions()


def test_only_services_are_granted_by_scope() -> None:
    scoped = {role for cells in MATRIX.values() for role, grant in cells.items() if grant is Grant.SCOPED}
    assert scoped == {Role.SERVICE}


def test_without_a_role_nothing_is_held() -> None:
    nobody = principal_of(uuid4(), ["unheard-of"], ["users:write"])
    assert (nobody.permissions(), nobody.role_for(Permission.SELF)) == ({}, "none")


def test_the_widest_of_several_roles_counts_and_is_the_one_on_record() -> None:
    both = holder(Role.TRAINER, Role.OPS)
    assert both.grant(Permission.RUNS_VIEW) is Grant.ALL
    assert both.role_for(Permission.RUNS_VIEW) == "ops"


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.USERS_WRITE, {Role.ADMIN}),
        (Permission.CLIENTS_WRITE, {Role.ADMIN}),
        (Permission.KEYS_ROTATE, {Role.ADMIN}),
        (Permission.USERS_VIEW, {Role.ADMIN, Role.AUDITOR}),
        (Permission.RUNS_WRITE, {Role.ADMIN, Role.OPS}),
        (Permission.SYNC_DISCARD, {Role.ADMIN}),
        (Permission.SYNC_RECONCILE, {Role.ADMIN, Role.OPS}),
        (Permission.SYNC_REPAIR, {Role.ADMIN, Role.OPS}),
        (Permission.AUDIT_VERIFY, {Role.ADMIN, Role.AUDITOR, Role.SRE}),
        (Permission.AUDIT_EXPORT, {Role.ADMIN, Role.AUDITOR}),
        (Permission.EVIDENCE_EXPORT, {Role.ADMIN, Role.OPS, Role.AUDITOR}),
        (Permission.AUDIT_ATTEST, {Role.SERVICE}),
        (Permission.SUBMISSIONS_READ, {Role.SERVICE}),
        (Permission.EVENTS_FEED, {Role.SERVICE}),
        (Permission.EVENTS_SUBSCRIBE, {Role.SERVICE}),
        (Permission.EVENTS_COURSES, {Role.SERVICE}),
        (Permission.EVENTS_ENROLMENTS, {Role.SERVICE}),
        (Permission.EVENTS_ATTENDANCE, {Role.SERVICE}),
        (Permission.EVENTS_ASSESSMENTS, {Role.SERVICE}),
        (Permission.EVENTS_SYNC, {Role.SERVICE}),
    ],
)
def test_the_cells_that_guard_most_are_as_agreed(permission: Permission, roles: set[Role]) -> None:
    """Written out a second time on purpose: a slip in the table must not also be the expectation."""
    assert set(MATRIX[permission]) == roles
