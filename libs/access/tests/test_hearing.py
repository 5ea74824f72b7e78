"""Who hears of what: every kind of record is decided, and nobody hears more than they may see."""

from uuid import UUID

import pytest

from libs.access.hearing import HEARD_BY, Hearing, hearing_of, hears_anything
from libs.access.permissions import Role
from libs.access.principal import Principal
from libs.contracts.catalogue import all_events


def of(*roles: Role, scopes: tuple[str, ...] = ()) -> Principal:
    return Principal(UUID(int=1), frozenset(roles), frozenset(scopes))


def test_for_every_kind_of_record_it_is_decided_who_hears_of_it() -> None:
    assert {event.type.partition(".")[0] for event in all_events().values()} == set(HEARD_BY)


@pytest.mark.parametrize(
    ("caller", "kind", "hearing"),
    [
        (of(Role.ADMIN), "operation", Hearing.EVERYTHING),
        (of(Role.OPS), "operation", Hearing.NOTHING),
        (of(Role.OPS), "enrolment", Hearing.EVERYTHING),
        (of(Role.AUDITOR), "enrolment", Hearing.EVERYTHING),
        (of(Role.TRAINER), "enrolment", Hearing.OWN),
        (of(Role.TRAINER, Role.OPS), "enrolment", Hearing.EVERYTHING),
        (of(Role.TRAINER), "user", Hearing.NOTHING),
        (of(Role.FINANCE), "attendance", Hearing.NOTHING),
        (of(Role.ADMIN), "a_kind_nobody_declared", Hearing.NOTHING),
        (of(Role.SERVICE, scopes=("events:feed",)), "a_kind_nobody_declared", Hearing.EVERYTHING),
        (of(Role.SERVICE, scopes=("runs:view",)), "run", Hearing.EVERYTHING),
        (of(Role.SERVICE, scopes=("runs:view",)), "enrolment", Hearing.NOTHING),
        (of(Role.ADMIN, scopes=("events:feed",)), "operation", Hearing.EVERYTHING),
    ],
)
def test_whoever_may_look_hears_of_it_as_far_as_they_may_look(caller: Principal, kind: str, hearing: Hearing) -> None:
    assert hearing_of(caller, kind) is hearing


def test_a_service_without_scopes_hears_nothing() -> None:
    assert not hears_anything(of(Role.SERVICE))
    assert hears_anything(of(Role.TRAINER))
