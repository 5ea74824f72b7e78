"""Accounts through HTTP: made, changed, disabled; and who may not do what to whom."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.access.permissions import Role
from services.auth.tests.conftest import PASSWORD, Auth, ok, open_auth

USERS = "/api/v1/auth/users"
WISH = {
    "email": "trainer@example.com",
    "name": "Test Trainer",
    "roles": ["assessor", "trainer"],
    "password": "entirely unrelated words",
}


async def made(auth: Auth, **changed: Any) -> dict[str, Any]:
    user: dict[str, Any] = await ok(auth.admin.post(USERS, json={**WISH, **changed}))
    return user


async def test_a_new_person_can_sign_in(auth: Auth) -> None:
    answer = await auth.admin.post(USERS, json=WISH)
    user = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["location"] == f"{USERS}/{user['id']}"
    assert (user["email"], user["roles"], user["status"]) == (WISH["email"], ["trainer", "assessor"], "active")
    assert (await auth.sign_in("trainer", "entirely unrelated words")).status_code == 200
    (told,) = [each for each in await auth.told("user.created") if each.aggid == UUID(user["id"])]
    assert told.actorid == str(auth.admin_id)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"roles": []}, "roles"),
        ({"roles": ["service"]}, "roles.0"),
        ({"roles": ["king"]}, "roles.0"),
        ({"password": "eleven-char"}, "password"),
        ({"password": "my S1234567D is it"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"password": "aaaaaaaaaaaaaaaa"}, "password"),
        ({"password": "for trainer only"}, "password"),
        ({"name": " "}, "name"),
        ({"nickname": "x"}, "nickname"),
    ],
)
async def test_a_wish_that_cannot_be_met_names_the_field_and_never_the_password(
    auth: Auth, changed: dict[str, Any], field: str
) -> None:
    answer = await auth.admin.post(USERS, json={**WISH, **changed})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert str(changed.get("password", "entirely unrelated")) not in answer.text


async def test_one_email_has_one_account_in_any_spelling(auth: Auth) -> None:
    await made(auth)
    again = await auth.admin.post(USERS, json={**WISH, "email": "TRAINER@example.com"})
    assert (again.status_code, again.json()["code"]) == (409, "email_taken")
    other = await made(auth, email="other@example.com", password="some unrelated words")
    moved = await auth.act(f"users/{other['id']}", method="PATCH", email="Trainer@Example.com")
    assert (moved.status_code, moved.json()["code"]) == (409, "email_taken")


async def test_a_repeated_create_with_the_same_key_makes_one_account(auth: Auth) -> None:
    headers = {"Idempotency-Key": "one"}
    first, second = [await auth.admin.post(USERS, json=WISH, headers=headers) for _ in range(2)]
    assert (first.json(), second.headers["idempotency-replayed"]) == (second.json(), "true")


async def test_details_change_and_only_their_names_are_told(auth: Auth) -> None:
    user = await made(auth)
    changed = await auth.act(f"users/{user['id']}", method="PATCH", email="new@example.com", name="Test Renamed")
    assert (changed.json()["email"], changed.json()["name"], changed.headers["etag"]) == (
        "new@example.com",
        "Test Renamed",
        '"2"',
    )
    (told,) = await auth.told("user.changed")
    assert told.data["changes"] == [{"field": "email"}, {"field": "name"}]
    assert (await auth.sign_in("new", "entirely unrelated words")).status_code == 200
    same = await auth.act(f"users/{user['id']}", method="PATCH", name="Test Renamed")
    assert same.headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"name": "Test Renamed"}),
        ("PUT", "/roles", {"roles": ["ops"]}),
        ("POST", "/disable", {"reason": "left the company"}),
        ("POST", "/enable", {}),
        ("POST", "/unlock", {}),
        ("POST", "/password", {"password": "some unrelated words"}),
    ],
)
async def test_every_change_says_which_version_it_was_made_from(
    auth: Auth, method: str, path: str, body: dict[str, Any]
) -> None:
    user = await made(auth)
    where = f"{USERS}/{user['id']}{path}"
    assert (await auth.admin.request(method, where, json=body)).status_code == 428
    assert (await auth.admin.request(method, where, json=body, headers={"If-Match": '"9"'})).status_code == 412
    nowhere = f"{USERS}/{UUID(int=5)}{path}"
    assert (await auth.admin.request(method, nowhere, json=body, headers={"If-Match": '"1"'})).status_code == 404


async def test_a_disabled_person_is_out_at_once_and_back_when_enabled(auth: Auth) -> None:
    given, ops = await ok(auth.sign_in("ops")), await auth.id_of("ops")
    disabled = await auth.act(f"users/{ops}/disable", reason="left the company")
    assert disabled.json()["status"] == "disabled"
    assert (await auth.refresh(given["refresh_token"])).status_code == 401
    assert [told.data["reason"] for told in await auth.told("sign_in.ended")] == ["disabled"]
    assert (await auth.act(f"users/{ops}/disable", reason="once more")).json()["allowed"] == ["enable"]
    await ok(auth.act(f"users/{ops}/enable"))
    assert (await auth.sign_in("ops")).status_code == 200
    assert (await auth.refresh(given["refresh_token"])).status_code == 401


async def test_a_password_set_by_an_administrator_ends_what_ran_with_the_old_one(auth: Auth) -> None:
    given, ops = await ok(auth.sign_in("ops")), await auth.id_of("ops")
    await ok(auth.act(f"users/{ops}/password", password="entirely unrelated words"))
    assert (await auth.refresh(given["refresh_token"])).status_code == 401
    assert (await auth.sign_in("ops", PASSWORD)).status_code == 401
    assert (await auth.sign_in("ops", "entirely unrelated words")).status_code == 200
    assert len(await auth.told("user.password_changed")) == 1


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("roles", "PUT", {"roles": ["admin", "ops"]}),
        ("roles", "PUT", {"roles": ["ops"]}),
        ("disable", "POST", {"reason": "a slip of the hand"}),
        ("password", "POST", {"password": "some unrelated words"}),
    ],
)
async def test_nobody_changes_their_own_standing(auth: Auth, path: str, method: str, body: dict[str, Any]) -> None:
    await made(auth, roles=["admin"])
    answer = await auth.act(f"users/{auth.admin_id}/{path}", method=method, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "own_account")


async def test_the_last_administrator_stays(auth: Auth) -> None:
    """Given one administrator left, when somebody with an old administrator's token would remove them, then no."""
    former = await auth.stage.client(Role.ADMIN)
    for path, method, body in (
        ("roles", "PUT", {"roles": ["ops"]}),
        ("disable", "POST", {"reason": "left the company"}),
    ):
        answer = await auth.act(f"users/{auth.admin_id}/{path}", method=method, as_=former, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")


async def test_an_auditor_sees_accounts_masked(auth: Auth) -> None:
    auditor = await auth.stage.client(Role.AUDITOR)
    seen = (await ok(auditor.get(USERS)))["items"]
    assert {user["email"] for user in seen} == {"a***@example.com", "o***@example.com"}
    assert {user["name"] for user in seen} == {"T*** A***", "T*** O***"}
    one = await ok(auditor.get(f"{USERS}/{seen[0]['id']}"))
    found = await ok(auditor.post(f"{USERS}/find", json={"email": "ops@example.com"}))
    assert (one["email"], found["items"][0]["email"]) == (seen[0]["email"], "o***@example.com")


async def test_accounts_are_listed_page_by_page_and_by_role_and_status(auth: Auth) -> None:
    first = await ok(auth.admin.get(USERS, params={"limit": 2}))
    rest = await ok(auth.admin.get(USERS, params={"limit": 2, "cursor": first["next_cursor"]}))
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]
    ops = await ok(auth.admin.get(USERS, params={"role": "ops", "status": "active"}))
    assert [user["email"] for user in ops["items"]] == ["ops@example.com"]
    assert (await ok(auth.admin.get(USERS, params={"status": "disabled"})))["items"] == []
    assert (await ok(auth.admin.post(f"{USERS}/find", json={"email": "nobody@example.com"})))["items"] == []


async def test_ones_own_password_changes_by_who_knows_it_and_everything_signed_in_ends(auth: Auth) -> None:
    given = await ok(auth.sign_in("ops"))
    ops = await auth.stage.client(Role.OPS, subject=await auth.id_of("ops"))
    wish = {"current_password": PASSWORD, "password": "entirely unrelated words"}
    changed = await ops.post("/api/v1/auth/me/password", json=wish)
    assert (changed.status_code, changed.content) == (204, b"")
    assert (await auth.refresh(given["refresh_token"])).status_code == 401
    assert (await auth.sign_in("ops", "entirely unrelated words")).status_code == 200


async def test_a_stolen_token_is_no_way_to_guess_a_password(auth: Auth) -> None:
    ops = await auth.stage.client(Role.OPS, subject=await auth.id_of("ops"))

    async def guess(password: str) -> httpx.Response:
        wish = {"current_password": password, "password": "entirely unrelated words"}
        return await ops.post("/api/v1/auth/me/password", json=wish)

    answers = [await guess(f"guess number {n}") for n in range(5)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(422, "current_password_wrong")}
    assert (await guess(PASSWORD)).status_code == 429
    assert len(await auth.told("user.locked")) == 1


async def test_a_weak_new_password_is_refused_before_anything_changes(auth: Auth) -> None:
    ops = await auth.stage.client(Role.OPS, subject=await auth.id_of("ops"))
    wish = {"current_password": PASSWORD, "password": "aaaaaaaaaaaaaa"}
    assert (await ops.post("/api/v1/auth/me/password", json=wish)).status_code == 422
    assert (await auth.sign_in("ops")).status_code == 200


async def test_blanks_around_a_password_belong_to_it(auth: Auth) -> None:
    await made(auth, password="  entirely unrelated words  ")
    assert (await auth.sign_in("trainer", "entirely unrelated words")).status_code == 401
    assert (await auth.sign_in("trainer", "  entirely unrelated words  ")).status_code == 200


async def test_a_password_kept_at_an_older_cost_is_renewed_by_signing_in(stage: Any) -> None:
    auth = await open_auth(stage)
    dearer = auth.stage.runtime.settings.model_copy(update={"argon2_time_cost": 2})
    object.__setattr__(auth.stage.runtime, "settings", dearer)  # as after a restart with another setting
    assert (await auth.sign_in("ops")).status_code == 200
    async with auth.stage.units.reading() as unit:
        connection = await unit.session.connection()
        hashes = await connection.exec_driver_sql("select password_hash from auth.user_account")
        costs = sorted(row.password_hash.split("$")[3] for row in hashes)
    assert costs == ["m=64,t=1,p=1", "m=64,t=1,p=1", "m=64,t=2,p=1"]


async def test_roles_are_listed_with_the_matrix(auth: Auth) -> None:
    items = (await ok(auth.admin.get("/api/v1/auth/roles")))["items"]
    by_role = {item["role"]: item for item in items}
    assert set(by_role) == {role.value for role in Role}
    assert by_role["auditor"]["permissions"]["users:view"] == "masked"
    assert by_role["service"]["permissions"]["events:feed"] == "scoped"
    assert [role for role, item in by_role.items() if not item["for_people"]] == ["service"]
