"""What accounts, clients, guards, sign-ins and keys allow, without a database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.auth.errors import NotInState, ScopeUnknown
from services.auth.models.client import Client, ClientStatus, known_scopes
from services.auth.models.guard import Guard, LockoutPolicy
from services.auth.models.sign_in import Ending, SignIn
from services.auth.models.signing_key import KeyState, SigningKey
from services.auth.models.user import User, UserStatus

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
POLICY = LockoutPolicy(
    failures=3, window=15 * MINUTE, first=MINUTE, longest=10 * MINUTE, forgotten_after=timedelta(days=1)
)
ID = UUID(int=1)


def guard() -> Guard:
    return Guard(email_index=b"x", failures=0, lockouts=0, failed_at=NOON)


def lock(made: Guard, now: datetime) -> timedelta | None:
    """Fail until it locks; how long it does."""
    while not made.fail(now, POLICY):
        pass
    return made.left(now)


def test_the_last_allowed_failure_locks() -> None:
    made = guard()
    assert [made.fail(NOON, POLICY) for _ in range(3)] == [False, False, True]
    assert made.left(NOON) == MINUTE
    assert made.left(NOON + MINUTE) is None


def test_failures_far_apart_do_not_add_up() -> None:
    made = guard()
    assert [made.fail(NOON + n * 16 * MINUTE, POLICY) for n in range(6)] == [False] * 6


def test_each_lock_lasts_twice_as_long_up_to_the_longest() -> None:
    made, now, lasted = guard(), NOON, []
    for _ in range(6):
        lasted.append(lock(made, now))
        now += 10 * MINUTE
    assert lasted == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 10 * MINUTE, 10 * MINUTE]


def test_a_quiet_day_or_a_good_sign_in_begins_anew() -> None:
    made = guard()
    lock(made, NOON)
    assert lock(made, NOON + timedelta(days=1, minutes=1)) == MINUTE
    made.clear()
    assert (lock(made, NOON + timedelta(days=1, minutes=2)), made.lockouts) == (MINUTE, 1)


def user(*roles: str) -> User:
    return User(
        id=ID,
        created_at=NOON,
        created_by="system",
        updated_at=NOON,
        updated_by="system",
        correlation_id=ID,
        status=UserStatus.ACTIVE,
        roles=list(roles),
        email_sealed=b"",
        email_index=b"",
        name_sealed=b"",
        password_hash="x",
    )


def test_an_account_is_disabled_and_enabled_in_turn() -> None:
    made = user("admin")
    assert made.administers
    assert made.disable("left the company").reason == "left the company"
    assert not made.administers
    with pytest.raises(NotInState) as refusal:
        made.disable("again")
    assert refusal.value.allowed == ("enable",)
    made.enable(None)
    with pytest.raises(NotInState):
        made.enable(None)


def test_changed_details_are_told_by_name_alone_and_roles_with_their_values() -> None:
    made = user("ops")
    told = made.redo({"email_sealed": b"sealed"}, fields=["email"])
    assert (made.email_sealed, told.model_dump(exclude_none=True)) == (
        b"sealed",
        {"user_id": ID, "changes": ({"field": "email"},)},
    )
    assert made.take_roles(["trainer"], "moved").changes[0].model_dump() == {
        "field": "roles",
        "old": ["ops"],
        "new": ["trainer"],
    }


def client() -> Client:
    return Client(
        id=ID,
        created_at=NOON,
        created_by="system",
        updated_at=NOON,
        updated_by="system",
        correlation_id=ID,
        name="course",
        status=ClientStatus.ACTIVE,
        scopes=["runs:view"],
        secret_digest=b"one",
    )


def test_after_a_rotation_the_old_secret_works_for_the_overlap_only() -> None:
    made = client()
    made.take_secret(b"two", now=NOON, overlap=HOUR, reason=None)
    assert made.knows(b"two", NOON)
    assert made.knows(b"one", NOON + HOUR - MINUTE)
    assert not made.knows(b"one", NOON + HOUR)
    assert not made.knows(b"", NOON)


def test_a_leaked_secret_is_ended_at_once() -> None:
    made = client()
    made.take_secret(b"two", now=NOON, overlap=timedelta(), reason="leaked")
    assert not made.knows(b"one", NOON)


def test_a_second_rotation_ends_the_first_secret() -> None:
    made = client()
    made.take_secret(b"two", now=NOON, overlap=HOUR, reason=None)
    made.take_secret(b"three", now=NOON, overlap=HOUR, reason=None)
    assert [made.knows(secret, NOON) for secret in (b"one", b"two", b"three")] == [False, True, True]


def test_a_client_tells_what_changed_and_nothing_when_nothing_did() -> None:
    made = client()
    assert made.change(name="course", scopes=["runs:view"]) is None
    told = made.change(name="course", scopes=["events:feed"])
    assert told is not None
    assert (told.scopes, [change.field for change in told.changes]) == (("events:feed",), ["scopes"])


def test_scopes_are_permissions_services_may_hold_each_once() -> None:
    assert known_scopes(["runs:view", "events:feed", "runs:view"]) == ["events:feed", "runs:view"]
    for unknown in ("users:write", "self", "made-up", ""):
        with pytest.raises(ScopeUnknown):
            known_scopes(["runs:view", unknown])


def test_a_sign_in_ends_once() -> None:
    made = SignIn(id=ID, user_id=ID, began_at=NOON, expires_at=NOON + HOUR)
    assert made.end(NOON, Ending.SIGNED_OUT) is not None
    assert made.end(NOON + MINUTE, Ending.DISABLED) is None
    assert (made.ended_at, made.ending) == (NOON, Ending.SIGNED_OUT)


def test_a_retired_key_keeps_no_private_half() -> None:
    key = SigningKey(id=ID, state=KeyState.NEXT, public_key=b"p", private_sealed=b"s", created_at=NOON)
    assert key.activate(NOON).signing_key_id == ID
    key.retire(NOON + HOUR)
    assert (key.state, key.private_sealed, key.verifies_until) == (KeyState.RETIRING, None, NOON + HOUR)
