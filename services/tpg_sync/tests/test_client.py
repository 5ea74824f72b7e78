"""The client at TPGateway's door: proofs, keys, forms of bodies and replies, and every way a call can end."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr, ValidationError

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.certificates import CertificateFiles, make_certificate
from infra.tpg_simulator.running import run_simulator
from infra.tpg_simulator.samples import CLIENT_ID, CLIENT_SECRET, COURSE, KEY, OWN, synthetic_seed
from infra.tpg_simulator.seed import Certificate
from infra.tpg_simulator.server import ServerKeys, tls_context
from infra.tpg_simulator.world import World
from libs.chassis.settings import Environment
from libs.testing.clock import TestClock
from libs.tpgateway.encryption import PayloadCipher
from libs.tpgateway.operations import LIST_RUNS, PUBLISH_RUNS
from services.tpg_sync.client.tpgateway import Call, Fault, Reply, TpgClient, _fault_of
from services.tpg_sync.settings import SyncSettings, TpgAuth, TpgEnvironment

LIST = Call(operation=LIST_RUNS, query={"courseReferenceNumber": COURSE, "uen": OWN, "page": "0", "pageSize": "20"})
CIPHER = PayloadCipher.from_text(KEY)
Answer = Callable[[web.Request], Any]


def settings(url: str, **changed: Any) -> SyncSettings:
    given: dict[str, Any] = {
        "environment": Environment.TEST,
        "port": 1,
        "database_url": SecretStr("postgresql://nowhere.invalid/"),
        "amqp_url": SecretStr("amqp://nowhere.invalid/"),
        "tpg_base_url": url,
        "tpg_uen": OWN,
        "tpg_encryption_key": SecretStr(KEY),
    }
    return SyncSettings(**{**given, **changed})


async def called(wanted: SyncSettings, call: Call = LIST, key: str = "") -> Reply:
    async with TpgClient(wanted, clock=TestClock()) as client:
        return await client.call(call, key=key)


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[str]:
    """A server that answers every call the same way."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/")


async def reply_to(content: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=content, status=status, headers=headers)

    async with answering(answer) as url:
        return await called(settings(url))


# -- what goes out --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("quoted", [True, False])
async def test_a_body_leaves_encrypted_in_either_form_with_its_key_and_trace(quoted: bool) -> None:
    seen: dict[str, Any] = {}

    async def answer(request: web.Request) -> web.Response:
        seen.update(headers=dict(request.headers), body=await request.text())
        return web.json_response({"data": {"runs": [{"id": 849900}]}, "error": {}, "meta": {}, "status": 200})

    async with answering(answer) as url:
        wanted = settings(url, tpg_quoted_body=quoted, tpg_api_versions={"course_runs": "v1.0"})
        reply = await called(wanted, Call(operation=PUBLISH_RUNS, body={"course": {"runs": []}}), key="abc")
    assert reply.ok
    assert seen["body"].startswith('"') is quoted
    assert json.loads(CIPHER.decrypt(seen["body"])) == {"course": {"runs": []}}
    assert seen["headers"]["Idempotency-Key"] == '"abc"'
    assert seen["headers"]["x-api-version"] == "v1.0"
    assert reply.request_bytes == len(seen["body"])


async def test_no_version_is_pinned_unless_asked_for() -> None:
    versions: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        versions.append(request.headers.get("x-api-version"))
        return web.json_response({"data": {}, "error": {}, "meta": {}, "status": 200})

    async with answering(answer) as url:
        await called(settings(url))
    assert versions == [None]


# -- what comes back ------------------------------------------------------------------------------------------------
ENVELOPE = {"data": {"course": {"runs": []}}, "error": {}, "meta": {"total": 0}, "status": 200}


@pytest.mark.parametrize(
    "content",
    [json.dumps(ENVELOPE), CIPHER.encrypt(json.dumps(ENVELOPE)), f'"{CIPHER.encrypt(json.dumps(ENVELOPE))}"'],
    ids=["plain", "encrypted", "quoted"],
)
async def test_a_reply_is_read_in_every_form_it_comes(content: str) -> None:
    reply = await reply_to(content)
    assert reply.ok
    assert reply.answer is not None
    assert reply.answer.data == {"course": {"runs": []}}


async def test_an_error_inside_http_200_is_an_error() -> None:
    refused = {"data": {}, "error": {"message": "no", "details": []}, "meta": {}, "status": "400"}
    reply = await reply_to(json.dumps(refused))
    assert (reply.ok, reply.status) == (False, 400)


async def test_a_refusals_words_lose_what_is_personal() -> None:
    detail = {"field": "idNumber", "message": "TGS-441 - S1234567D of jane@example.com is blank"}
    refused = {"data": {}, "error": {"message": "no", "details": [detail]}, "meta": {}, "status": 400}
    reply = await reply_to(json.dumps(refused), status=400)
    assert reply.error_code == "TGS-441"
    assert "S1234567D" not in str(reply.hints)
    assert "jane@example.com" not in str(reply.hints)


async def test_a_success_nobody_can_decrypt_is_no_success() -> None:
    reply = await reply_to(PayloadCipher(bytes(32)).encrypt(json.dumps(ENVELOPE)))
    assert (reply.ok, reply.fault) == (False, Fault.UNREADABLE)


async def test_a_complaint_about_our_encryption_is_recognised() -> None:
    refused = {"data": {}, "error": {"message": "Unable to perform decryption due invalid request"}, "status": 400}
    assert (await reply_to(json.dumps(refused), status=400)).undecryptable


@pytest.mark.parametrize(
    ("header", "seconds"), [("30", 30.0), ("Mon, 02 Mar 2026 04:01:00 GMT", 60.0), ("soon", None), ("-5", 0.0)]
)
async def test_retry_after_is_read_as_seconds_or_as_a_moment(header: str, seconds: float | None) -> None:
    reply = await reply_to("{}", status=429, headers={"Retry-After": header})
    assert (reply.retry_after.total_seconds() if reply.retry_after is not None else None) == seconds


async def test_a_redirect_is_not_followed() -> None:
    reply = await reply_to("", status=302, headers={"Location": "http://127.0.0.1:9/"})
    assert reply.status == 302


# -- how a call can end ---------------------------------------------------------------------------------------------
async def test_nobody_there_means_nothing_left() -> None:
    assert (await called(settings("http://127.0.0.1:9"))).fault is Fault.NOT_CONNECTED


async def test_a_line_that_breaks_may_have_carried_it() -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with answering(answer) as url:
        assert (await called(settings(url))).fault is Fault.LOST


async def test_silence_ends_at_the_total_time_out() -> None:
    never = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        await never.wait()
        return web.Response()

    async with answering(answer) as url:
        reply = await called(settings(url, tpg_total_timeout=timedelta(milliseconds=100)))
        never.set()
    assert reply.fault is Fault.LOST


# -- who we are -----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CertificateFiles]:
    folder = tmp_path_factory.mktemp("certificates")
    return {name: make_certificate(folder, name, key_bits=2048) for name in ("server", "own", "stranger")}


async def over_tls(files: dict[str, CertificateFiles], client: str, ca: str = "server") -> Reply:
    uploaded = (Certificate(file=files["own"].certificate, provider=OWN),)
    simulator = Simulator(World(synthetic_seed().model_copy(update={"certificates": uploaded})), tls_mode="mtls")
    keys = ServerKeys(files["server"].certificate, files["server"].key)
    with run_simulator(simulator, tls=tls_context(keys, trusted_clients=simulator.identities.certificates.pem)) as url:
        return await called(
            settings(
                url,
                tpg_auth=TpgAuth.CERTIFICATE,
                tpg_certificate=str(files[client].certificate),
                tpg_certificate_key=str(files[client].key),
                tpg_ca_bundle=str(files[ca].certificate),
            )
        )


async def test_our_certificate_opens_the_door(files: dict[str, CertificateFiles]) -> None:
    assert (await over_tls(files, "own")).ok


async def test_a_certificate_nobody_uploaded_opens_nothing(files: dict[str, CertificateFiles]) -> None:
    """The simulator cuts the line without a TLS alert, so here it looks like any broken line."""
    assert (await over_tls(files, "stranger")).fault in {Fault.CREDENTIALS, Fault.LOST}


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (aiohttp.ClientOSError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert"), Fault.CREDENTIALS),
        (aiohttp.ClientOSError(1, "[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca"), Fault.CREDENTIALS),
        (ssl.SSLError(1, "[SSL: SSLV3_ALERT_BAD_CERTIFICATE] alert bad certificate"), Fault.CREDENTIALS),
        (aiohttp.ClientOSError(104, "Connection reset by peer"), Fault.LOST),
        (aiohttp.ServerDisconnectedError(), Fault.LOST),
        (aiohttp.ConnectionTimeoutError(), Fault.NOT_CONNECTED),
        (TimeoutError(), Fault.LOST),
    ],
)
def test_a_tls_alert_about_our_certificate_is_a_matter_of_credentials(error: Exception, fault: Fault) -> None:
    assert _fault_of(error) is fault


async def test_a_server_we_do_not_trust_is_told_as_one_too(files: dict[str, CertificateFiles]) -> None:
    assert (await over_tls(files, "own", ca="stranger")).fault is Fault.CREDENTIALS


async def test_a_token_is_had_once_and_renewed_when_it_ended_early() -> None:
    world = World(synthetic_seed())
    with run_simulator(Simulator(world)) as url:
        secret = SecretStr(CLIENT_SECRET)
        wanted = settings(url, tpg_auth=TpgAuth.OAUTH, tpg_client_id=CLIENT_ID, tpg_client_secret=secret)
        async with TpgClient(wanted, clock=TestClock()) as client:
            assert (await client.call(LIST)).ok
            assert (await client.call(LIST)).ok
            world.tokens.forget_all()
            assert (await client.call(LIST)).ok


async def test_wrong_client_credentials_are_told_as_such() -> None:
    with run_simulator(Simulator(World(synthetic_seed()))) as url:
        wanted = settings(
            url, tpg_auth=TpgAuth.OAUTH, tpg_client_id=CLIENT_ID, tpg_client_secret=SecretStr("synthetic-wrong")
        )
        assert (await called(wanted)).fault is Fault.CREDENTIALS


# -- which gateway --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("environment", "auth", "url"),
    [
        (TpgEnvironment.UAT, TpgAuth.CERTIFICATE, "https://uat-api.ssg-wsg.sg"),
        (TpgEnvironment.PRODUCTION, TpgAuth.CERTIFICATE, "https://api.ssg-wsg.sg"),
        (TpgEnvironment.PRODUCTION, TpgAuth.OAUTH, "https://public-api.ssg-wsg.sg"),
        (TpgEnvironment.SIMULATOR, TpgAuth.OPEN, "http://127.0.0.1:8190"),
    ],
)
def test_one_setting_chooses_the_gateway(environment: TpgEnvironment, auth: TpgAuth, url: str) -> None:
    assert settings("", tpg_environment=environment, tpg_auth=auth).tpg_url == url


@pytest.mark.parametrize(
    "changed",
    [
        {"tpg_base_url": "http://gateway.example"},
        {"tpg_environment": TpgEnvironment.PRODUCTION, "tpg_auth": TpgAuth.OPEN, "tpg_base_url": "https://x.example"},
        {"tpg_environment": TpgEnvironment.UAT, "tpg_auth": TpgAuth.OAUTH, "tpg_base_url": ""},
    ],
)
def test_what_would_be_careless_is_refused_at_the_start(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings("http://127.0.0.1:1", **changed)


def test_uat_and_production_trust_no_absence_before_fifteen_minutes() -> None:
    assert settings("", tpg_environment=TpgEnvironment.UAT, tpg_auth=TpgAuth.CERTIFICATE).visibility_window == (
        timedelta(minutes=15)
    )
    assert settings("http://127.0.0.1:1").visibility_window == timedelta(0)
