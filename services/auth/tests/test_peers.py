"""Real tokens at real doors: what auth hands out opens exactly what it should, with nothing stood in for."""

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from libs.access.client_token import ClientTokenAuth
from libs.access.tests.conftest import Signer
from libs.errors import Unavailable
from services.auth.main import auth as service
from services.auth.tests.conftest import CLIENT_ID, CLIENT_SECRET, Auth, ok

FEED, DEAD_LETTERS, USERS = "/internal/v1/events", "/ops/dead-letters", "/api/v1/auth/users"


@pytest.fixture
def doors(auth: Auth) -> FastAPI:
    """The same service, but its doors check tokens as in production: by auth's own keys."""
    return service.app(replace(auth.stage.runtime, verifier=auth.verifier()))


def peer(auth: Auth, doors: FastAPI, secret: str = CLIENT_SECRET) -> httpx.AsyncClient:
    """Another service, which fetches its token by itself."""
    transport = httpx.ASGITransport(app=doors)
    own = ClientTokenAuth(
        token_url="http://auth.test/api/v1/auth/token",
        client_id=CLIENT_ID,
        client_secret=SecretStr(secret),
        clock=auth.stage.clock,
        transport=transport,
    )
    return httpx.AsyncClient(transport=transport, base_url="http://auth.test", auth=own)


def bearer(doors: FastAPI, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=doors), base_url="http://auth.test", headers=headers)


async def test_a_peer_enters_where_its_scopes_let_it_and_nowhere_else(auth: Auth, doors: FastAPI) -> None:
    async with peer(auth, doors) as course:
        assert (await course.get(FEED)).status_code == 200
        assert (await course.get(DEAD_LETTERS)).status_code == 403
        assert (await course.get(USERS)).status_code == 403
        assert (await ok(course.get("/api/v1/auth/me")))["scopes"] == ["events:feed", "runs:view"]
    assert len(await auth.told("access.refused")) == 2


async def test_a_peer_renews_its_token_by_itself_also_after_keys_were_withdrawn(auth: Auth, doors: FastAPI) -> None:
    async with peer(auth, doors) as course:
        await ok(course.get(FEED))
        auth.later(minutes=11)
        await ok(course.get(FEED))
        wish = {"compromised": True, "reason": "a synthetic leak"}
        await ok(auth.admin.post("/api/v1/auth/keys/rotate", json=wish))
        auth.later(minutes=5)
        await ok(course.get(FEED))


async def test_a_peer_with_a_wrong_secret_hears_why_without_its_secret(auth: Auth, doors: FastAPI) -> None:
    async with peer(auth, doors, secret="a wrong synthetic secret") as course:
        with pytest.raises(Unavailable) as refusal:
            await course.get(FEED)
    assert "a wrong synthetic secret" not in str(refusal.value)


async def test_a_person_enters_with_the_token_of_their_sign_in_until_it_ends(auth: Auth, doors: FastAPI) -> None:
    tokens = {who: (await ok(auth.sign_in(who)))["access_token"] for who in ("admin", "ops")}
    async with bearer(doors, tokens["admin"]) as admin, bearer(doors, tokens["ops"]) as ops:
        assert len((await ok(admin.get(USERS)))["items"]) == 3
        assert (await ops.get(USERS)).status_code == 403
        auth.later(minutes=10)
        assert (await admin.get(USERS)).status_code == 401


async def test_a_refresh_token_opens_no_door(auth: Auth, doors: FastAPI) -> None:
    given = await ok(auth.sign_in("admin"))
    async with bearer(doors, given["refresh_token"]) as thief:
        assert (await thief.get(USERS)).status_code == 401


async def test_an_administrator_of_ones_own_making_is_nobody(auth: Auth, doors: FastAPI) -> None:
    """Given a token with an administrator's claims and a real key's id, signed by another key, then no door opens."""
    (key_id, *_) = [entry["kid"] for entry in (await ok(auth.nobody.get("/api/v1/auth/jwks.json")))["keys"]]
    forger = Signer(clock=auth.stage.clock)
    forger.add(key_id)
    forged = forger.token(key_id, sub=str(auth.admin_id), roles=["admin"])
    async with bearer(doors, forged) as stranger:
        answer = await stranger.get(USERS)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
