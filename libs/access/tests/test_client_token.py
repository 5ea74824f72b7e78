"""A service's own token: fetched once, renewed in time, replaced when refused."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from libs.access.client_token import ClientTokenAuth
from libs.errors import Unavailable
from libs.testing.clock import TestClock

CLIENT = UUID(int=9)


class Desk:
    """A token endpoint and a peer that lets the newest token in."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.handed_out = 0
        self.valid = True
        self.reply: Callable[[], httpx.Response] = self.token

    def token(self) -> httpx.Response:
        self.handed_out += 1
        return httpx.Response(200, json={"access_token": f"token-{self.handed_out}", "expires_in": 600})

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            form = parse_qs(request.content.decode())
            assert form == {
                "grant_type": ["client_credentials"],
                "client_id": [str(CLIENT)],
                "client_secret": ["synthetic"],
            }
            return self.reply()
        known = request.headers["Authorization"] == f"Bearer token-{self.handed_out}" and self.valid
        return httpx.Response(200 if known else 401)

    def client(self) -> httpx.AsyncClient:
        transport = httpx.MockTransport(self.answer)
        auth = ClientTokenAuth(
            token_url="http://auth.test/token",
            client_id=CLIENT,
            client_secret=SecretStr("synthetic"),
            clock=self.clock,
            transport=transport,
        )
        return httpx.AsyncClient(auth=auth, transport=transport, base_url="http://peer.test")


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_many_requests_at_once_share_one_token(desk: Desk) -> None:
    async with desk.client() as client:
        answers = await asyncio.gather(*(client.get("/") for _ in range(10)))
    assert ({answer.status_code for answer in answers}, desk.handed_out) == ({200}, 1)


async def test_it_is_renewed_before_it_ends(desk: Desk) -> None:
    async with desk.client() as client:
        await client.get("/")
        desk.clock.advance(timedelta(seconds=539))
        await client.get("/")
        assert desk.handed_out == 1
        desk.clock.advance(timedelta(seconds=1))
        await client.get("/")
    assert desk.handed_out == 2


async def test_a_refused_token_is_replaced_once_and_the_request_repeated(desk: Desk) -> None:
    async with desk.client() as client:
        await client.get("/")
        desk.handed_out += 5  # as if signing keys were withdrawn: the peer knows a newer one only
        assert (await client.get("/")).status_code == 200
        desk.valid = False
        assert (await client.get("/")).status_code == 401
    assert desk.handed_out == 8


@pytest.mark.parametrize(
    "reply", [httpx.Response(401), httpx.Response(503), httpx.Response(200, text="?"), httpx.Response(200, json={})]
)
async def test_no_token_means_unavailable_without_telling_the_secret(desk: Desk, reply: httpx.Response) -> None:
    desk.reply = lambda: reply
    async with desk.client() as client:
        with pytest.raises(Unavailable) as refusal:
            await client.get("/")
    assert "synthetic" not in refusal.value.message


async def test_a_token_service_that_is_away_means_unavailable(desk: Desk) -> None:
    def broken() -> httpx.Response:
        raise httpx.ConnectError("refused")

    desk.reply = broken
    async with desk.client() as client:
        with pytest.raises(Unavailable):
            await client.get("/")
