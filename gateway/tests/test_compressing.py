"""JSON is made small for who accepts it, and nothing else is touched."""

import gzip
import json
from typing import Any

from aiohttp import web

from gateway.compressing import SMALLEST, accepts

ROWS = {"items": [{"id": number, "title": "Food Safety Course Level 1"} for number in range(200)]}
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


async def rows(_: web.Request) -> web.StreamResponse:
    return web.json_response(ROWS, headers={"ETag": '"7"'})


async def test_a_list_arrives_small_and_whole_with_its_version(house: Any) -> None:
    house.course.handler = rows
    async with house.ask("GET", "/api/v1/course-runs", headers=GZIP) as response:
        body = await response.read()
    assert (response.headers["Content-Encoding"], response.headers["Vary"]) == ("gzip", "accept-encoding")
    assert (response.headers["ETag"], int(response.headers["Content-Length"])) == ('"7"', len(body))
    assert json.loads(gzip.decompress(body)) == ROWS
    assert len(body) < len(json.dumps(ROWS)) / 5


async def test_an_answer_of_unknown_length_is_made_small_piece_by_piece(house: Any) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(300):
            await response.write(b"[" + b"1234567890," * 100 + b"0]\n")
        await response.write_eof()
        return response

    house.course.handler = stream
    async with house.ask("GET", "/api/v1/course-runs", headers=GZIP) as response:
        body = await response.read()
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == (b"[" + b"1234567890," * 100 + b"0]\n") * 300


async def test_what_is_not_asked_for_small_or_holds_tokens_goes_as_it_is(house: Any) -> None:
    async def keys_or_rows(request: web.Request) -> web.StreamResponse:
        return web.json_response(house.mint.jwks()) if request.path.endswith("jwks.json") else await rows(request)

    house.course.handler, house.auth.handler = rows, keys_or_rows
    for path, headers in (("/api/v1/course-runs", {"Accept-Encoding": "identity"}), ("/api/v1/auth/users", GZIP)):
        async with house.ask("GET", path, headers=headers) as response:
            assert "Content-Encoding" not in response.headers
            assert await response.json() == ROWS


async def test_short_answers_and_other_kinds_go_as_they_are(house: Any) -> None:
    async def table(_: web.Request) -> web.StreamResponse:
        return web.Response(text="a,b\n" * 2_000, content_type="text/csv")

    for handler in (house.course.handler, table):
        house.course.handler = handler
        async with house.ask("GET", "/api/v1/course-runs", headers=GZIP) as response:
            assert "Content-Encoding" not in response.headers
            assert len(await response.read()) == int(response.headers["Content-Length"])
    async with house.ask("HEAD", "/api/v1/course-runs", headers=GZIP) as response:
        assert "Content-Encoding" not in response.headers
    assert len(json.dumps(ROWS)) > SMALLEST


def test_a_coding_may_be_refused_by_its_quality() -> None:
    assert accepts(b"br;q=1.0, gzip;q=0.5", b"gzip")
    assert not accepts(b"br, gzip; q=0", b"gzip")
    assert not accepts(b"gzipped", b"gzip")
    assert not accepts(None, b"gzip")
