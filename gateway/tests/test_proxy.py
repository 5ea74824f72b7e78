"""The way through, on real sockets: what arrives, what comes back, and what happens when something breaks."""

import asyncio
import gzip
import io
import json
import time
from typing import Any

import aiohttp
import pytest
from aiohttp import web

MIB = 1024 * 1024
RUNS = "/api/v1/course-runs"


async def problem_of(response: aiohttp.ClientResponse) -> dict[str, Any]:
    document: dict[str, Any] = await response.json(content_type="application/problem+json")
    return document


async def test_path_query_and_body_arrive_as_they_were_sent(house: Any) -> None:
    body = json.dumps({"title": "Synthetic é"}).encode()
    path = f"{RUNS}/a%20b?q=%2Fx%26y&limit=2&limit=3"
    async with house.ask("POST", path, data=body, headers={"Content-Type": "application/json"}) as response:
        assert (response.status, (await response.json())["length"]) == (200, len(body))
    assert house.course.last.raw_path == path
    assert house.course.bodies == [body]
    assert house.course.last.headers["Content-Length"] == str(len(body))
    assert house.course.last.headers["Content-Type"] == "application/json"


async def test_the_answer_comes_back_whole_with_status_headers_and_encoding(house: Any) -> None:
    packed = gzip.compress(b"synthetic")

    async def answer(_: web.Request) -> web.StreamResponse:
        headers = {"ETag": '"7"', "Location": f"{RUNS}/7", "Content-Encoding": "gzip", "X-Odd": "kept"}
        return web.Response(status=201, body=packed, headers=headers)

    house.course.handler = answer
    async with house.ask("POST", RUNS, data=b"{}") as response:
        assert (response.status, await response.read()) == (201, packed)
    assert (response.headers["ETag"], response.headers["Location"]) == ('"7"', f"{RUNS}/7")
    assert (response.headers["Content-Encoding"], response.headers["X-Odd"]) == ("gzip", "kept")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_every_method_goes_through(house: Any, method: str) -> None:
    async with house.ask(method, RUNS) as response:
        assert response.status == 200
    assert house.course.last.method == method


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body_stay_without(house: Any, status: int) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    house.course.handler = answer
    async with house.ask("GET", RUNS) as response:
        assert (response.status, await response.read()) == (status, b"")


async def test_correlation_and_trace_go_on(house: Any) -> None:
    correlation_id, trace_id = "01a2074c-d2b8-72fd-8ebe-022b18e8c6fd", "0af7651916cd43dd8448eb211c80319c"
    headers = {"X-Correlation-Id": correlation_id, "traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}
    async with house.ask("GET", RUNS, headers=headers) as response:
        assert response.headers.getall("X-Correlation-Id") == [correlation_id]
    seen = house.course.last.headers
    assert seen.getall("X-Correlation-Id") == [correlation_id]
    version, seen_trace, seen_span, flags = seen["traceparent"].split("-")
    assert (version, seen_trace, flags) == ("00", trace_id, "01")
    assert seen_span != "b7ad6b7169203331", "the gateway's own span is the service's parent"


async def test_a_made_correlation_id_is_the_same_everywhere(house: Any) -> None:
    async with house.ask("GET", RUNS, headers={"X-Correlation-Id": "not-an-id"}) as response:
        told = response.headers["X-Correlation-Id"]
    assert told == house.course.last.headers["X-Correlation-Id"] != "not-an-id"


async def test_a_stranger_s_words_about_the_trace_stay_outside(house: Any) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"traceparent": trace, "tracestate": "vendor=words", "baggage": "who=words"}
    async with house.ask("GET", RUNS, headers=headers) as response:
        assert response.status == 200
    assert "words" not in str(house.course.last.headers)


async def test_nobody_outside_speaks_for_us(house: Any) -> None:
    headers = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Real-IP": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "Connection": "keep-alive, X-Hop",
        "X-Hop": "private",
        "TE": "trailers",
        "Proxy-Authorization": "Basic YTpi",
    }
    async with house.ask("GET", RUNS, headers=headers) as response:
        assert response.status == 200
    seen = house.course.last.headers
    assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"]) == ("127.0.0.1", "http")
    assert seen["X-Forwarded-Host"] == f"127.0.0.1:{house.port}"
    for name in ("X-Real-IP", "Forwarded", "X-Hop", "TE", "Proxy-Authorization", "X-Forwarded-Prefix"):
        assert name not in seen


async def test_security_headers_stand_on_everything(house: Any) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Content-Security-Policy": "default-src *", "Server": "leaky", "Trailer": "x"})

    house.course.handler = answer
    for path, token in ((RUNS, ""), ("/api/v1/nowhere", ""), (RUNS, None), ("/healthz", None), ("/", None)):
        async with house.ask("GET", path, token=token) as response:
            headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert len(headers.getall("Content-Security-Policy")) == 1
        assert "Server" not in headers
        assert "Trailer" not in headers


async def test_large_bodies_stream_both_ways(make_house: Any) -> None:
    house = await make_house(body_limit=8 * MIB)

    async def echo(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        async for chunk in request.content.iter_chunked(65536):
            await response.write(chunk)
        return response

    async def pieces() -> Any:
        for number in range(64):
            yield bytes([number]) * 65536

    house.course.handler = echo
    async with house.ask("POST", RUNS, data=pieces()) as response:
        received = await response.read()
    assert received == b"".join(bytes([number]) * 65536 for number in range(64))
    assert house.course.last.headers["Transfer-Encoding"] == "chunked"


async def test_a_stream_arrives_piece_by_piece(house: Any) -> None:
    go_on = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: first\n\n")
        await go_on.wait()
        await response.write(b"data: second\n\n")
        return response

    house.course.handler = drip
    async with house.ask("GET", RUNS) as response:
        first = await response.content.readuntil(b"\n\n")
        go_on.set()
        rest = await response.content.read()
    assert (first, rest) == (b"data: first\n\n", b"data: second\n\n")


async def test_when_the_client_leaves_a_stream_the_service_is_let_go(house: Any) -> None:
    begun, left = asyncio.Event(), asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        begun.set()
        try:
            transport = request.transport
            while transport and not transport.is_closing():  # noqa: ASYNC110 - nothing tells when it closes
                await asyncio.sleep(0.01)
        finally:
            left.set()
        return response

    house.course.handler = endless
    async with house.ask("GET", RUNS) as response:
        await begun.wait()
        await response.content.read(1)
        response.close()
    async with asyncio.timeout(5):
        await left.wait()


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit_is_413(house: Any, declared: bool) -> None:
    async def pieces() -> Any:
        for _ in range(17):
            yield b"x" * (MIB // 16)

    async def read_all(request: web.Request) -> web.StreamResponse:
        await request.read()
        raise AssertionError("the whole body arrived")

    house.course.handler = read_all
    data = io.BytesIO(b"x" * (MIB + 1)) if declared else pieces()
    async with house.ask("POST", RUNS, data=data) as response:
        assert (response.status, (await problem_of(response))["code"]) == (413, "body_too_large")
    assert declared is (house.course.seen == [])


async def test_imports_may_be_larger(make_house: Any) -> None:
    house = await make_house(import_body_limit=2 * MIB)
    path = "/api/v1/enrolments/import"
    for size, status in ((MIB + 1, 200), (2 * MIB + 1, 413)):
        async with house.ask("POST", path, data=io.BytesIO(b"x" * size)) as response:
            assert response.status == status
    async with house.ask("POST", RUNS, data=io.BytesIO(b"x" * (MIB + 1))) as response:
        assert response.status == 413


async def test_a_service_that_is_away_is_503_with_retry_after(house: Any) -> None:
    await house.course.stop()
    for method in ("GET", "POST"):
        async with house.ask(method, RUNS, data=b"{}" if method == "POST" else None) as response:
            assert (response.status, (await problem_of(response))["code"]) == (503, "unavailable")
            assert int(response.headers["Retry-After"]) >= 1


async def test_a_service_that_was_never_named_is_away_too(house: Any) -> None:
    async with house.ask("GET", "/api/v1/audit/entries") as response:
        assert response.status == 503


async def test_a_service_that_comes_back_is_used_again(house: Any) -> None:
    port = int(house.course.url.rpartition(":")[2])
    async with house.ask("GET", RUNS) as response:
        assert response.status == 200
    await house.course.stop()
    async with house.ask("GET", RUNS) as response:
        assert response.status == 503
    await house.course.start(port)
    async with house.ask("GET", RUNS) as response:
        assert response.status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_whoever_asks_while_a_service_restarts_gets_their_answer(make_house: Any, method: str) -> None:
    """Given a service that refuses connections, when it is back within the moment, then nobody has seen it away."""
    house = await make_house(restart_patience="PT60S")
    port = int(house.course.url.rpartition(":")[2])
    await house.course.stop()
    asked = [asyncio.create_task(_ask(house, method)) for _ in range(5)]
    await _until_refused(house)
    await house.course.start(port)
    assert await asyncio.gather(*asked) == [200] * 5
    assert len(house.course.seen) == 5


async def test_a_long_body_waits_whole_for_a_service_that_restarts(make_house: Any) -> None:
    house = await make_house(restart_patience="PT60S", body_limit=4 * MIB)
    port = int(house.course.url.rpartition(":")[2])
    await house.course.stop()
    body = b"x" * (2 * MIB)
    asked = asyncio.create_task(_ask(house, "POST", data=io.BytesIO(body)))
    await _until_refused(house)
    await house.course.start(port)
    assert await asked == 200
    assert house.course.bodies == [body]


async def test_who_asks_after_the_moment_is_told_at_once(make_house: Any) -> None:
    """Given a moment that began with the first refusal and is over, then nobody waits for one of their own."""
    house = await make_house(restart_patience="PT60S")
    house.patience("course")._away_since = time.monotonic() - 60
    await house.course.stop()
    async with asyncio.timeout(30), house.ask("GET", RUNS) as response:
        assert response.status == 503


async def _ask(house: Any, method: str, **options: Any) -> int:
    async with house.ask(method, RUNS, **options) as response:
        return int(response.status)


async def _until_refused(house: Any) -> None:
    """Return when the gateway has found the service away."""
    async with asyncio.timeout(10):
        while house.patience("course")._away_since is None:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.01)


async def test_a_slow_service_is_504_in_time(make_house: Any) -> None:
    house = await make_house(answer_timeout="PT0.2S")
    never = asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        await never.wait()
        raise AssertionError

    house.course.handler = hang
    async with asyncio.timeout(3):
        for method in ("GET", "POST"):
            async with house.ask(method, RUNS) as response:
                assert (response.status, (await problem_of(response))["code"]) == (504, "upstream_slow")
    assert len(house.course.seen) == 2, "what may have been done is not asked for again"


@pytest.mark.parametrize(("method", "asked"), [("GET", 2), ("POST", 1), ("PUT", 1), ("DELETE", 1)])
async def test_only_reading_is_tried_again_when_the_service_hangs_up(house: Any, method: str, asked: int) -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    house.course.handler = hang_up
    async with house.ask(method, RUNS) as response:
        assert (response.status, (await problem_of(response))["code"]) == (503, "unavailable")
    assert len(house.course.seen) == asked


async def test_a_read_survives_one_hang_up(house: Any) -> None:
    async def hang_up_once(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        if len(house.course.seen) == 1:
            request.transport.abort()
        return web.Response(text="second time")

    house.course.handler = hang_up_once
    async with house.ask("GET", RUNS) as response:
        assert (response.status, await response.text()) == (200, "second time")


async def test_an_answer_that_breaks_off_is_never_passed_off_as_whole(house: Any) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(4 * MIB)})
        await response.prepare(request)
        await response.write(b"x" * MIB)
        assert request.transport is not None
        request.transport.abort()
        return response

    house.course.handler = break_off
    with pytest.raises(aiohttp.ClientPayloadError):
        async with house.ask("GET", RUNS) as response:
            await response.read()


async def test_a_small_answer_that_breaks_off_is_a_problem(house: Any) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"x" * 50)
        assert request.transport is not None
        request.transport.abort()
        return response

    house.course.handler = break_off
    async with house.ask("POST", RUNS) as response:
        assert response.status in (502, 503)
        assert "code" in await problem_of(response)


async def test_redirects_are_the_clients_to_follow(house: Any) -> None:
    async def redirect(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": "http://127.0.0.1:1/internal"})

    house.course.handler = redirect
    async with house.ask("GET", RUNS) as response:
        assert response.status == 307


async def test_cookies_of_one_caller_are_not_kept_for_another(house: Any) -> None:
    async def set_cookie(_: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Set-Cookie": "refresh=synthetic; HttpOnly; SameSite=Strict"})

    house.course.handler = set_cookie
    async with house.ask("GET", RUNS) as response:
        assert "refresh=synthetic" in response.headers["Set-Cookie"]
    house.client.cookie_jar.clear()
    async with house.ask("GET", RUNS) as response:
        assert response.status == 200
    assert "Cookie" not in house.course.last.headers


@pytest.mark.parametrize(
    "attack",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /internal HTTP/1.1\r\nHost: a\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /internal HTTP/1.1\r\nHost: a\r\n\r\n",
        b"X-A: b\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 1 \r\nHost: b\r\n\r\nx",
        b"X-Bad: a\x00b\r\n\r\n",
    ],
)
async def test_a_request_that_could_be_read_in_two_ways_is_not_forwarded(house: Any, attack: bytes) -> None:
    head = f"POST {RUNS} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {house.mint.token()}\r\n".encode()
    answer = await house.raw(head + attack)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert all(request.path == RUNS for request in house.course.seen)
    assert len(house.course.seen) == 0


async def test_a_path_spelled_to_reach_the_inside_is_400(house: Any) -> None:
    token = house.mint.token()
    for path in ("/api/v1/courses/../../../internal/v1/x", "/api/v1/courses/%2e%2e/%2e%2e/ops/v1"):
        answer = await house.raw(
            f"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode()
        )
        assert answer.startswith(b"HTTP/1.1 400"), path
    for path in ("/internal/v1/submissions", "/ops/v1/consumers", "/openapi.json"):
        async with house.ask("GET", path) as response:
            assert response.status == 404
    assert house.course.seen == []
