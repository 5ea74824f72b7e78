"""Who may call what, and which versions stand."""

import base64
from datetime import timedelta

import httpx
import pytest

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.samples import OTHER, OWN, synthetic_run

TOKEN = "/dp-oauth/oauth/token"
GRANT = {"grant_type": "client_credentials"}


async def token_of(gateway: Driver) -> str:
    reply = await gateway.http.post(TOKEN, data=GRANT, auth=("open-reads", "synthetic"))
    token: str = reply.json()["access_token"]
    return token


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_a_client_gets_a_token_that_says_how_long_it_lives(gateway: Driver) -> None:
    gateway.switch("oauth.expires_in_s", 60)
    reply = await gateway.http.post(TOKEN, data=GRANT, auth=("open-reads", "synthetic"))
    assert reply.status_code == 200
    assert reply.json()["expires_in"] == 60


@pytest.mark.parametrize("auth", [("open-reads", "wrong"), ("stranger", "synthetic"), ("", ""), None])
async def test_strangers_get_no_token(gateway: Driver, auth: tuple[str, str] | None) -> None:
    reply = await gateway.http.post(TOKEN, data=GRANT, auth=auth or httpx.USE_CLIENT_DEFAULT)
    assert reply.status_code == 401
    assert reply.json() == {"error": "invalid_client"}


async def test_the_token_route_wants_a_form_and_the_right_grant(gateway: Driver) -> None:
    auth = ("open-reads", "synthetic")
    as_json = await gateway.http.post(TOKEN, json=GRANT, auth=auth)
    other_grant = await gateway.http.post(TOKEN, data={"grant_type": "password"}, auth=auth)
    not_basic = await gateway.http.post(TOKEN, data=GRANT, headers=bearer(base64.b64encode(b"a:b").decode()))
    read = await gateway.http.get(TOKEN)
    assert [reply.status_code for reply in (as_json, other_grant, not_basic, read)] == [400, 400, 401, 405]


async def test_a_token_opens_the_open_reads_only(gateway: Driver) -> None:
    run_id = await gateway.published()
    headers = bearer(await token_of(gateway))
    open_read = await gateway.http.get(
        "/courses/courseRuns/reference", params={"courseReferenceNumber": "TGS-2026000123"}, headers=headers
    )
    closed_read = await gateway.http.get(f"/courses/courseRuns/id/{run_id}", headers=headers)
    write = await gateway.publish(synthetic_run(), headers=headers)
    assert open_read.json()["meta"]["total"] == 1
    for refused in (closed_read, write):
        assert refused.status_code == 403
        assert refused.json()["error"]["message"] == "Access to this API has been disallowed"


async def test_a_token_dies_on_time(gateway: Driver) -> None:
    headers = bearer(await token_of(gateway))
    gateway.world.clock.advance(timedelta(seconds=1800))
    reply = await gateway.http.get("/tpg/codes/error/TGS-405", headers=headers)
    assert reply.status_code == 401


async def test_over_plain_http_the_default_provider_acts_and_a_switch_changes_it(gateway: Driver) -> None:
    run_id = await gateway.published()
    gateway.switch("identity.default_provider", OTHER)
    reply = await gateway.view(run_id)
    assert (reply.status_code, reply.json()["error"]["message"]) == (403, "Forbidden")


async def test_with_mutual_tls_nobody_acts_by_default(gateway: Driver) -> None:
    transport = httpx.ASGITransport(Simulator(gateway.world, tls_mode="mtls"))
    async with httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1") as http:
        closed = await http.get("/courses/courseRuns/id/1")
        open_read = await http.get("/courses/courseRuns/reference")
    assert closed.json()["error"]["message"] == "Access to this API has been disallowed"
    assert (closed.status_code, open_read.status_code) == (403, 401)


async def test_a_uen_in_the_body_must_be_the_callers(gateway: Driver) -> None:
    reply = await gateway.publish(synthetic_run(), uen=OTHER)
    assert reply.status_code == 403
    assert reply.json()["error"]["details"] == [{"field": "-", "message": "TGS-405 - Invalid training partner UEN"}]


@pytest.mark.parametrize("version", ["v1.0", None])
async def test_known_and_absent_versions_pass(gateway: Driver, version: str | None) -> None:
    headers = {"x-api-version": version} if version else {}
    assert (await gateway.publish(synthetic_run(), headers=headers)).status_code == 200


async def test_unknown_and_retired_versions_are_refused(gateway: Driver) -> None:
    run_id = await gateway.published()
    path = f"/courses/runs/{run_id}/sessions"
    unknown = await gateway.http.get(path, headers={"x-api-version": "v9.9"})
    old = await gateway.http.get(path, headers={"x-api-version": "v1.2"})
    gateway.switch("versions.retired", {"sessions": ["v1.2"]})
    retired = await gateway.http.get(path, headers={"x-api-version": "v1.2"})
    assert (unknown.status_code, old.status_code, retired.status_code) == (403, 200, 403)
    assert unknown.json()["error"]["message"] == "This API version does not seem to exist"
    assert retired.json()["error"]["message"] == "Api Version has expired"


async def test_the_journal_says_who_acted_and_how(gateway: Driver) -> None:
    await gateway.published()
    (entry,) = gateway.world.journal.find(operation="C1")
    assert (entry.provider, entry.identity) == (OWN, "default")
