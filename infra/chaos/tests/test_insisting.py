"""A client that insists asks the same question until it is answered, and never a second one."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from infra.chaos import insisting
from infra.chaos.diary import Diary
from infra.chaos.insisting import Insistent
from infra.demo.client import Refusal

Reply = httpx.Response | Exception


class Gateway:
    """Answers what it was told to, in that order, and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []
        self.signed_in = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/auth/token"):
            self.signed_in += 1
            return httpx.Response(200, json={"access_token": f"token-{self.signed_in}"})
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insisting, "AGAIN_S", 0)


@pytest.fixture
async def client() -> AsyncIterator[Callable[[Gateway], Insistent]]:
    made: list[Insistent] = []

    def of(gateway: Gateway) -> Insistent:
        made.append(Insistent("http://gateway", ("ops", "secret"), Diary(), httpx.MockTransport(gateway)))
        return made[-1]

    yield of
    for one in made:
        await one.close()


async def test_a_request_is_repeated_with_its_own_key_until_it_is_answered(
    client: Callable[[Gateway], Insistent],
) -> None:
    gateway = Gateway(
        httpx.ReadError("gone"), httpx.Response(503), httpx.Response(429), httpx.Response(201, json={"a": 1})
    )
    api = client(gateway)
    assert await api.post("/course-runs", {"x": 1}, etag='"3"') == {"a": 1}
    told = {(one.headers["Idempotency-Key"], one.headers["If-Match"], one.content) for one in gateway.asked}
    assert (len(gateway.asked), len(told)) == (4, 1)
    assert dict(api.diary.repeats) == {"ReadError": 1, "503": 1, "429": 1}
    assert not api.diary.surprises


async def test_two_requests_have_two_keys(client: Callable[[Gateway], Insistent]) -> None:
    gateway = Gateway(httpx.Response(201, json={}), httpx.Response(201, json={}))
    api = client(gateway)
    await api.post("/a", {})
    await api.post("/a", {})
    assert len({one.headers["Idempotency-Key"] for one in gateway.asked}) == 2


async def test_a_token_that_has_run_out_is_renewed_and_the_request_repeated(
    client: Callable[[Gateway], Insistent],
) -> None:
    gateway = Gateway(httpx.Response(401), httpx.Response(200, json=[]))
    assert await client(gateway).get("/a") == []
    assert [one.headers["Authorization"] for one in gateway.asked] == ["Bearer token-1", "Bearer token-2"]


async def test_a_refusal_is_an_answer_and_an_error_of_ours_is_written_down(
    client: Callable[[Gateway], Insistent],
) -> None:
    gateway = Gateway(httpx.Response(500), httpx.Response(409, json={"code": "run_full"}))
    api = client(gateway)
    with pytest.raises(Refusal, match="409"):
        await api.post("/enrolments/00000000-0000-7000-8000-000000000001/confirm", {})
    assert dict(api.diary.surprises) == {"POST /enrolments/{id}/confirm answered 500": 1}


async def test_an_action_looks_again_when_somebody_else_was_faster(client: Callable[[Gateway], Insistent]) -> None:
    stands = [httpx.Response(200, json={}, headers={"ETag": f'"{version}"'}) for version in (1, 2)]
    gateway = Gateway(stands[0], httpx.Response(412, json={"code": "stale"}), stands[1], httpx.Response(200, json={}))
    await client(gateway).act("/enrolments/1", "confirm")
    assert [one.headers.get("If-Match") for one in gateway.asked] == [None, '"1"', None, '"2"']
    assert len({one.headers["Idempotency-Key"] for one in gateway.asked if one.method == "POST"}) == 2
