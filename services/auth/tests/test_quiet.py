"""A busy day at the doors leaves no address, password or token in any log line, before the net that masks them."""

import logging
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from libs.access.permissions import Role
from services.auth.tests.conftest import CLIENT_ID, CLIENT_SECRET, PASSWORD, Auth, ok

Lines = list[MutableMapping[str, Any]]
NEW_PASSWORD = "entirely unrelated words"


@pytest.fixture
def lines() -> Iterator[Lines]:
    with capture_logs() as captured:
        yield captured


def told(lines: Lines, caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join([*map(str, lines), *(record.getMessage() for record in caplog.records), caplog.text])


async def day(auth: Auth) -> list[str]:
    """Every kind of request that carries a secret, granted and refused; returns all of the secrets."""
    given = await ok(auth.sign_in("ops"))
    renewed = await ok(auth.refresh(given["refresh_token"]))
    await auth.refresh(given["refresh_token"])
    await auth.sign_in("ops", "wrong canary password")
    await auth.sign_in("canary-nobody", "wrong canary password")
    await auth.token("password", username="canary-nobody@example.com", password="x" * 2000)
    await auth.token("client_credentials", client_id=str(CLIENT_ID), client_secret="wrong canary secret")
    client = await ok(auth.token("client_credentials", client_id=str(CLIENT_ID), client_secret=CLIENT_SECRET))
    ops = await auth.stage.client(Role.OPS, subject=await auth.id_of("ops"))
    wish = {"current_password": PASSWORD, "password": NEW_PASSWORD}
    assert (await ops.post("/api/v1/auth/me/password", json=wish)).status_code == 204
    person = {"email": "canary-new@example.com", "name": "Canary Newcomer", "roles": ["king"], "password": NEW_PASSWORD}
    assert (await auth.admin.post("/api/v1/auth/users", json=person)).status_code == 422
    await ok(auth.admin.post("/api/v1/auth/users", json={**person, "roles": ["ops"]}))
    await auth.nobody.post("/api/v1/auth/logout", data={"refresh_token": renewed["refresh_token"]})
    broken = await auth.nobody.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {given['access_token']}x"})
    assert broken.status_code == 401
    tokens = [each[kind] for each in (given, renewed) for kind in ("access_token", "refresh_token")]
    words = ["example.com", "canary", "Canary", PASSWORD, NEW_PASSWORD, CLIENT_SECRET, "x" * 100]
    return [*tokens, client["access_token"], *words]


async def test_no_log_line_holds_anything_personal_or_secret(
    auth: Auth, lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's own client
    secrets = await day(auth)
    text = told(lines, caplog)
    assert text.count("/api/v1/auth/token") >= 6  # the doors did speak
    assert [secret for secret in secrets if secret in text] == []


def test_the_search_finds_what_is_there(lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    structlog.get_logger().info("signed in", who="a@example.com")
    logging.getLogger("somebody").warning("password %s", PASSWORD)
    assert "a@example.com" in told(lines, caplog)
    assert PASSWORD in told(lines, caplog)
