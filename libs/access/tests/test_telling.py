"""What other systems are told: every kind of record is decided, and scopes alone open any of it."""

from uuid import UUID

import pytest

from libs.access.permissions import Permission, Role
from libs.access.principal import Principal
from libs.access.telling import AREAS, KEPT_INSIDE, TOLD, kinds_of, told_kinds
from libs.contracts.catalogue import all_events
from libs.errors import Forbidden


def of(role: Role, *scopes: str) -> Principal:
    return Principal(UUID(int=1), frozenset({role}), frozenset(scopes))


def test_for_every_kind_of_record_it_is_decided_whether_it_is_told() -> None:
    kinds = {event.type.partition(".")[0] for event in all_events().values()}
    assert (kinds - set(TOLD) - KEPT_INSIDE, set(TOLD) & KEPT_INSIDE, set(TOLD) | KEPT_INSIDE) == (set(), set(), kinds)


def test_who_signed_in_was_refused_or_operated_is_told_to_nobody() -> None:
    """Written out a second time on purpose."""
    assert {"user", "sign_in", "client", "signing_key", "access", "operation", "audit", "check_in"} <= KEPT_INSIDE


def test_an_area_has_the_name_of_its_scope() -> None:
    assert {area: permission.value for area, permission in AREAS.items()} == {
        area: f"events:{area}" for area in ("courses", "enrolments", "attendance", "assessments", "sync")
    }


def test_scopes_say_what_is_told_and_only_to_clients() -> None:
    assert told_kinds(of(Role.SERVICE, "events:subscribe")) == ()
    assert told_kinds(of(Role.SERVICE, "events:sync", "runs:view")) == kinds_of([Permission.EVENTS_SYNC])
    assert told_kinds(of(Role.ADMIN, "events:sync")) == ()
    assert set(told_kinds(of(Role.SERVICE, *(area.value for area in AREAS.values())))) == set(TOLD)


@pytest.mark.parametrize("wanted", [["user"], ["run", "enrolment"], [""], ["run.created"]])
def test_who_wants_more_is_refused_in_words(wanted: list[str]) -> None:
    caller = of(Role.SERVICE, "events:courses")
    assert told_kinds(caller, ["venue", "run", "run"]) == ("run", "venue")
    with pytest.raises(Forbidden, match="run_seats"):
        told_kinds(caller, wanted)
