"""Service clients through HTTP: tokens by scope, secrets shown once and rotated."""

import base64
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from libs.access.permissions import Permission, Role
from services.auth.tests.conftest import CLIENT_ID, CLIENT_SECRET, Auth, ok

CLIENTS = "/api/v1/auth/clients"


async def asked(auth: Auth, client_id: Any = CLIENT_ID, secret: str = CLIENT_SECRET, **form: Any) -> httpx.Response:
    return await auth.token("client_credentials", client_id=str(client_id), client_secret=secret, **form)


async def made(auth: Auth, name: str = "payroll", scopes: tuple[str, ...] = ("events:feed", "runs:view")) -> Any:
    return await ok(auth.admin.post(CLIENTS, json={"name": name, "scopes": scopes}))


async def test_a_client_gets_a_token_for_all_its_scopes_or_for_fewer(auth: Auth) -> None:
    all_of_them, one = await ok(asked(auth)), await ok(asked(auth, scope="runs:view"))
    assert (all_of_them["scope"], one["scope"]) == ("events:feed runs:view", "runs:view")
    assert "refresh_token" not in all_of_them
    principal = await auth.verifier().verify(one["access_token"])
    assert (principal.subject, principal.roles) == (CLIENT_ID, frozenset({Role.SERVICE}))
    assert principal.scopes == {"runs:view"}
    assert principal.grant(Permission.EVENTS_FEED) is None


async def test_credentials_may_stand_in_the_header_form_encoded(auth: Auth) -> None:
    def header(secret: str) -> dict[str, str]:
        pair = f"{CLIENT_ID}:{quote(secret, safe='')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    assert (await auth.token("client_credentials", headers=header(CLIENT_SECRET))).status_code == 200
    wrong = await auth.token("client_credentials", headers=header("wrong"))
    assert (wrong.status_code, wrong.headers["www-authenticate"], wrong.json()["error"]) == (
        401,
        "Basic",
        "invalid_client",
    )


@pytest.mark.parametrize("credentials", ["", "!!!", base64.b64encode(b"no colon").decode(), "/w=="])
async def test_a_header_that_cannot_be_read_lets_nobody_in(auth: Auth, credentials: str) -> None:
    answer = await auth.token("client_credentials", headers={"Authorization": f"Basic {credentials}"})
    assert answer.status_code == 401


async def test_wrong_unknown_and_disabled_clients_are_answered_alike_and_told_apart_in_events(auth: Auth) -> None:
    answers = [await asked(auth, secret="wrong"), await asked(auth, "00000000-0000-7000-8000-000000000001")]
    await ok(auth.act(f"clients/{CLIENT_ID}/disable", reason="its secret has leaked"))
    answers += [await asked(auth), await asked(auth, "no-uuid")]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (401, "Client id or secret is wrong.")
    }
    causes = [(told.data["cause"], told.data.get("client_id")) for told in await auth.told("sign_in.refused")]
    assert causes == [
        ("wrong_secret", str(CLIENT_ID)),
        ("unknown_client", None),
        ("disabled", str(CLIENT_ID)),
        ("unknown_client", None),
    ]


@pytest.mark.parametrize("scope", ["messaging:operate", "runs:view messaging:operate", "users:write", "*"])
async def test_a_scope_it_was_not_given_is_refused(auth: Auth, scope: str) -> None:
    answer = await asked(auth, scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_scope")


async def test_a_new_client_sees_its_secret_once(auth: Auth) -> None:
    answer = await auth.admin.post(CLIENTS, json={"name": "payroll", "scopes": ["runs:view"]})
    given = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert (await asked(auth, given["client"]["id"], given["secret"])).status_code == 200
    shown = await auth.admin.get(answer.headers["location"])
    listed = await auth.admin.get(CLIENTS)
    assert given["secret"] not in shown.text + listed.text


@pytest.mark.parametrize("scopes", [["users:write"], ["self"], ["runs:view", "made-up"]])
async def test_no_client_can_be_given_what_no_service_may_hold(auth: Auth, scopes: list[str]) -> None:
    answer = await auth.admin.post(CLIENTS, json={"name": "payroll", "scopes": scopes})
    assert (answer.status_code, answer.json()["code"]) == (422, "scope_unknown")


async def test_a_name_belongs_to_one_client(auth: Auth) -> None:
    await made(auth)
    again = await auth.admin.post(CLIENTS, json={"name": "payroll", "scopes": []})
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")


async def test_changed_scopes_hold_from_the_next_token_on(auth: Auth) -> None:
    given = await made(auth)
    changed = await ok(auth.act(f"clients/{given['client']['id']}", method="PATCH", scopes=["messaging:view"]))
    assert (changed["scopes"], changed["name"], changed["version"]) == (["messaging:view"], "payroll", 2)
    token = await ok(asked(auth, given["client"]["id"], given["secret"]))
    assert token["scope"] == "messaging:view"
    (told,) = await auth.told("client.changed")
    assert told.data["changes"] == [{"field": "scopes", "old": ["events:feed", "runs:view"], "new": ["messaging:view"]}]
    same = await ok(auth.act(f"clients/{given['client']['id']}", method="PATCH", name="payroll"))
    assert same["version"] == 2


async def test_after_a_rotation_both_secrets_work_for_an_hour(auth: Auth) -> None:
    given = await made(auth)
    where = given["client"]["id"]
    new = (await ok(auth.act(f"clients/{where}/rotate-secret")))["secret"]
    auth.later(minutes=59)
    assert [(await asked(auth, where, each)).status_code for each in (given["secret"], new)] == [200, 200]
    auth.later(minutes=1)
    assert [(await asked(auth, where, each)).status_code for each in (given["secret"], new)] == [401, 200]


async def test_a_leaked_secret_is_ended_at_once(auth: Auth) -> None:
    given = await made(auth)
    where = given["client"]["id"]
    await ok(auth.act(f"clients/{where}/rotate-secret", immediately=True, reason="it stood in a ticket"))
    assert (await asked(auth, where, given["secret"])).status_code == 401
    (told,) = await auth.told("client.secret_rotated")
    assert told.data["reason"] == "it stood in a ticket"


async def test_a_disabled_client_comes_back_when_enabled(auth: Auth) -> None:
    await ok(auth.act(f"clients/{CLIENT_ID}/disable", reason="its secret has leaked"))
    client = await auth.stage.client(Role.SERVICE, subject=CLIENT_ID)
    assert (await client.get("/api/v1/auth/me")).status_code == 401
    again = await auth.act(f"clients/{CLIENT_ID}/disable", reason="its secret has leaked")
    assert (again.status_code, again.json()["allowed"]) == (409, ["enable"])
    await ok(auth.act(f"clients/{CLIENT_ID}/enable", reason="a new secret is in place"))
    assert (await asked(auth)).status_code == 200
    assert (await auth.act(f"clients/{CLIENT_ID}/enable")).status_code == 409


@pytest.mark.parametrize(("path", "body"), [("", {"name": "x"}), ("/rotate-secret", {}), ("/enable", {})])
async def test_every_change_says_which_version_it_was_made_from(auth: Auth, path: str, body: dict[str, Any]) -> None:
    method = "POST" if path else "PATCH"
    where = f"{CLIENTS}/{CLIENT_ID}{path}"
    assert (await auth.admin.request(method, where, json=body)).status_code == 428
    assert (await auth.admin.request(method, where, json=body, headers={"If-Match": '"9"'})).status_code == 412


async def test_a_client_can_ask_who_it_is(auth: Auth) -> None:
    client = await auth.stage.client(Role.SERVICE, subject=CLIENT_ID, scopes=("runs:view",))
    me = await ok(client.get("/api/v1/auth/me"))
    assert (me["kind"], me["name"], me["email"], me["scopes"]) == ("client", "course", None, ["runs:view"])
    assert me["permissions"] == {"self": "all", "runs:view": "scoped"}


async def test_clients_are_listed_page_by_page_and_by_status(auth: Auth) -> None:
    await made(auth)
    first = await ok(auth.admin.get(CLIENTS, params={"limit": 1}))
    rest = await ok(auth.admin.get(CLIENTS, params={"cursor": first["next_cursor"]}))
    assert {each["name"] for each in first["items"] + rest["items"]} == {"course", "payroll"}
    assert (await ok(auth.admin.get(CLIENTS, params={"status": "disabled"})))["items"] == []
