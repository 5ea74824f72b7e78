"""A gateway on a real socket, between a real client and upstreams that do what a test tells them."""

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import jwt
import pytest
import uvicorn
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from yarl import URL

from gateway.app import Gateway
from gateway.asking import Asker
from gateway.composition import own_doors
from gateway.events import Hub, PeerFeeds, Streams
from gateway.journey import NAME
from gateway.limits import Buckets
from gateway.main import server_config
from gateway.patience import Patience
from gateway.proxy import Proxy
from gateway.settings import GatewaySettings
from libs.access.token import JwksVerifier
from libs.sources import TimeOrderedIds
from libs.telemetry.lines import Lines
from libs.telemetry.tracing import configure_tracing
from libs.testing.clock import TestClock

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SUBJECT = UUID("01a2074c-d2b8-72fd-8ebe-022b18e8c6fd")


class Service:
    """One upstream: answers with `handler` and remembers what reached it."""

    def __init__(self) -> None:
        self.seen: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.handler: Handler = self._echo
        self.ready = True
        self.document: Any = {}
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/openapi.json", self._openapi)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def last(self) -> web.Request:
        return self.seen[-1]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        return await self.handler(request)

    async def _echo(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.bodies.append(body)
        return web.json_response({"path": request.raw_path, "length": len(body)})

    async def _readyz(self, _: web.Request) -> web.Response:
        return web.Response(status=200 if self.ready else 503)

    async def _openapi(self, _: web.Request) -> web.Response:
        return web.json_response(self.document)


class Mint:
    """Signs tokens as auth would; tests bend what they need to."""

    def __init__(self, clock: TestClock) -> None:
        self._clock = clock
        self.key = Ed25519PrivateKey.generate()
        self.key_id = "synthetic-key"

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "EdDSA"}]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = self._clock.now()
        usual = {
            "iss": "tms",
            "aud": "tms",
            "sub": str(SUBJECT),
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=10)).timestamp()),
            "jti": secrets.token_hex(8),
            "roles": ["ops"],
            "scope": "",
            "typ": "access",
        }
        return {**usual, **changes}

    def token(self, *, key: Any = None, algorithm: str = "EdDSA", headers: Any = None, **changes: Any) -> str:
        return jwt.encode(
            self.claims(**changes), key or self.key, algorithm=algorithm, headers=headers or {"kid": self.key_id}
        )


@dataclass
class House:
    """The gateway and what stands around it."""

    course: Service
    auth: Service
    mint: Mint
    clock: TestClock
    url: str
    port: int
    seconds: list[float] = field(default_factory=lambda: [0.0])
    log: Lines = field(default_factory=lambda: Lines(NAME))
    client: aiohttp.ClientSession | None = None
    hub: Hub = None  # type: ignore[assignment]  # set when the gateway opens
    proxy: Proxy = None  # type: ignore[assignment]  # as well

    def patience(self, service: str) -> Patience:
        """What the gateway has for one of its services."""
        return self.proxy.upstreams[service].patience

    def ask(self, method: str, path: str, *, token: str | None = "", **options: Any) -> Any:
        """Ask the gateway with a good token, with another one, or with none (None)."""
        headers = {key: value for key, value in dict(options.pop("headers", {})).items() if value is not None}
        if token is not None and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {token or self.mint.token()}"
        assert self.client is not None
        url = URL(f"{self.url}{path}", encoded=True)
        return self.client.request(method, url, headers=headers, allow_redirects=False, **options)

    async def raw(self, text: bytes) -> bytes:
        """What comes back for exactly these bytes: one JSON answer, or all until the connection closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        received = b""
        with suppress(TimeoutError):
            writer.write(text)
            async with asyncio.timeout(1):
                while not received.endswith(b"}") and (chunk := await reader.read(65536)):
                    received += chunk
        writer.close()
        return received


MakeHouse = Callable[..., Awaitable[House]]


@pytest.fixture
async def make_house(tmp_path: Path) -> AsyncIterator[MakeHouse]:
    async with AsyncExitStack() as stack:
        stack.callback(configure_tracing("gateway"))

        async def make(**settings: Any) -> House:
            clock = TestClock()
            mint = Mint(clock)
            course, auth = Service(), Service()
            for service in (course, auth):
                await service.start()
                stack.push_async_callback(service.stop)

            async def publish(_: web.Request) -> web.StreamResponse:
                return web.json_response(mint.jwks())

            auth.handler = publish
            chosen = GatewaySettings(
                port=0,
                peers=settings.pop("peers", None)
                or {"course": course.url, "auth": auth.url, "enrolment": course.url, "assessment": course.url},
                auth_url=auth.url,
                ui_folder=settings.pop("ui_folder", tmp_path / "no-ui"),
                # Who is away here refuses at once; a machine that stalls for seconds is not away.
                connect_timeout=settings.pop("connect_timeout", "PT30S"),
                restart_patience=settings.pop("restart_patience", "PT0S"),
                **settings,
            )
            house = House(course, auth, mint, clock, "", 0)
            await _open(stack, house, chosen)
            return house

        yield make


async def _open(stack: AsyncExitStack, house: House, settings: GatewaySettings) -> None:
    proxy = house.proxy = Proxy(settings)
    await proxy.open()
    stack.push_async_callback(proxy.close)
    verifier = JwksVerifier.from_url(
        f"{settings.auth_url}/api/v1/auth/jwks.json", issuer="tms", audience="tms", clock=house.clock
    )
    stack.push_async_callback(verifier.close)
    stack.callback(house.log.flush)

    asker = Asker(proxy)
    feeds = PeerFeeds(settings, house.clock)
    stack.push_async_callback(feeds.close)
    house.hub = Hub(feeds, poll=settings.events_poll)
    stack.push_async_callback(house.hub.close)
    streams = Streams(house.hub, asker, verifier, heartbeat=settings.events_heartbeat, usable=feeds.usable)

    def seconds() -> float:
        return house.seconds[0]

    app = Gateway(
        settings,
        proxy=proxy,
        doors=own_doors(settings, asker, streams, house.clock),
        on_stop=house.hub.end,
        verifier=verifier,
        ids=TimeOrderedIds(),
        callers=Buckets(rate=settings.rate_per_second, burst=settings.rate_burst, seconds=seconds),
        sign_ins=Buckets(rate=settings.sign_in_rate_per_second, burst=settings.sign_in_burst, seconds=seconds),
        verifications=Buckets(rate=settings.verify_rate_per_second, burst=settings.verify_burst, seconds=seconds),
        access_log=house.log,
    )
    server = uvicorn.Server(server_config(app, settings))
    # Bound here, so that the port is known and early requests wait in its queue.
    listening = socket.create_server(("127.0.0.1", 0))
    house.port = listening.getsockname()[1]
    house.url = f"http://127.0.0.1:{house.port}"
    # `serve` would take over the test run's signals, and looks only now and then whether it should end.
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[listening])
    stack.push_async_callback(server.shutdown, [listening])
    house.client = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=False))


@pytest.fixture
async def house(make_house: MakeHouse) -> House:
    return await make_house()
