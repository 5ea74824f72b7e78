"""Who comes in: tokens checked on a real socket against published keys."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

RUNS = "/api/v1/course-runs"


def unsigned(claims: dict[str, Any], header: dict[str, Any]) -> str:
    def part(document: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")

    return f"{part(header)}.{part(claims)}."


def bad_tokens(mint: Any) -> dict[str, str]:
    good = mint.token()
    head, body, signature = good.split(".")
    public_pem = mint.jwks()["keys"][0]["x"]
    return {
        "nothing": " ",
        "noise": "abc",
        "three empty parts": "..",
        "alg none": unsigned(mint.claims(), {"alg": "none", "kid": mint.key_id}),
        "alg None": unsigned(mint.claims(), {"alg": "None", "kid": mint.key_id}),
        "alg swapped to HMAC with the public key": jwt.encode(
            mint.claims(), public_pem, algorithm="HS256", headers={"kid": mint.key_id}
        ),
        "another audience": mint.token(aud="another"),
        "another issuer": mint.token(iss="another"),
        "expired": mint.token(exp=int((mint._clock.now() - timedelta(seconds=1)).timestamp())),
        "unknown key id": mint.token(headers={"kid": "unknown"}),
        "no key id": jwt.encode(mint.claims(), mint.key, algorithm="EdDSA"),
        "another key under a known id": mint.token(key=Ed25519PrivateKey.generate()),
        "a refresh token": mint.token(typ="refresh"),
        "a subject that is no id": mint.token(sub="root"),
        "signature cut": f"{head}.{body}.{signature[:-8]}",
        "claims changed": f"{head}.{body[:-4]}AAAA.{signature}",
    }


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_no_bent_token_gets_through(house: Any) -> None:
    for what, token in bad_tokens(house.mint).items():
        async with house.ask("GET", RUNS, token=token) as response:
            problem = await response.json(content_type="application/problem+json")
        assert (response.status, problem["code"]) == (401, "unauthenticated"), what
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert token.strip() == "" or token not in json.dumps(problem)
    assert house.course.seen == []


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "Bearer \u00fc"])
async def test_without_a_bearer_token_nothing_is_forwarded(house: Any, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with house.ask("GET", RUNS, token=None, headers=headers) as response:
        assert response.status == 401
    assert house.course.seen == []


async def test_a_good_token_goes_through_and_on_to_the_service(house: Any) -> None:
    token = house.mint.token()
    async with house.ask("GET", RUNS, token=token) as response:
        assert response.status == 200
    assert house.course.last.headers["Authorization"] == f"Bearer {token}"


async def test_a_token_ends_when_it_expires_though_it_was_seen_before(house: Any) -> None:
    token = house.mint.token()
    async with house.ask("GET", RUNS, token=token) as response:
        assert response.status == 200
    house.clock.advance(timedelta(minutes=10))
    async with house.ask("GET", RUNS, token=token) as response:
        assert response.status == 401


async def test_two_authorization_headers_are_refused(house: Any) -> None:
    token = house.mint.token()
    answer = await house.raw(
        f"GET {RUNS} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer other\r\nAuthorization: Bearer {token}\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"repeated_header" in answer
    assert house.course.seen == []


async def test_signing_in_needs_no_token_and_is_counted_by_address(make_house: Any) -> None:
    house = await make_house(sign_in_burst=2, sign_in_rate_per_second=0.5)

    async def hand_out(_: web.Request) -> web.StreamResponse:
        return web.json_response({"access_token": "synthetic"})

    house.auth.handler = hand_out
    statuses = []
    for _ in range(3):
        async with house.ask("POST", "/api/v1/auth/token", token=None, data={"grant_type": "password"}) as response:
            statuses.append((response.status, response.headers.get("Retry-After")))
    assert statuses == [(200, None), (200, None), (429, "2")]
    house.seconds[0] += 2
    async with house.ask("POST", "/api/v1/auth/token", token=None, data={}) as response:
        assert response.status == 200


async def test_anybody_may_ask_about_a_certificate_at_a_persons_pace(make_house: Any) -> None:
    house = await make_house(verify_burst=2, verify_rate_per_second=0.5, sign_in_burst=1)
    verify = "/api/v1/assessments/certificates/verify/7K3M-9QWX-2TVB-C4ZP"
    statuses = []
    for _ in range(3):
        async with house.ask("GET", verify, token=None) as response:
            statuses.append(response.status)
    assert statuses == [200, 200, 429]
    async with house.ask("POST", "/api/v1/auth/token", token=None, data={}) as response:
        assert response.status == 200  # another allowance


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "certificates/verify/7K3M-9QWX-2TVB-C4ZP"),
        ("GET", "certificates/verify/"),
        ("GET", "certificates/verify/7K3M/more"),
        ("GET", "certificates"),
        ("GET", ""),
    ],
)
async def test_nothing_beside_that_question_is_open(make_house: Any, method: str, path: str) -> None:
    house = await make_house()
    async with house.ask(method, f"/api/v1/assessments/{path}", token=None) as response:
        assert response.status == 401
    assert house.course.seen == []


async def test_each_caller_has_its_own_allowance(make_house: Any) -> None:
    house = await make_house(rate_burst=2, rate_per_second=1.0)
    mine, other = house.mint.token(), house.mint.token(sub="01a2074c-0000-7000-8000-000000000000")
    statuses = []
    for token in (mine, mine, mine, other):
        async with house.ask("GET", RUNS, token=token) as response:
            statuses.append(response.status)
    assert statuses == [200, 200, 429, 200]
    assert len(house.course.seen) == 3


async def test_when_no_keys_can_be_had_it_is_503_and_not_401(make_house: Any) -> None:
    house = await make_house()
    await house.auth.stop()
    async with house.ask("GET", RUNS) as response:
        assert response.status == 503
        assert "Retry-After" in response.headers
