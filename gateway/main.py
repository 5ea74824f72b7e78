"""The program: `python -m gateway.main run`."""

import asyncio
import gc
import shlex
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import structlog
import typer
import uvicorn
import uvloop
from prometheus_client import Gauge

from gateway.app import Gateway
from gateway.asking import Asker
from gateway.composition import own_doors
from gateway.events import Hub, PeerFeeds, Streams
from gateway.journey import NAME
from gateway.limits import Buckets
from gateway.listening import hand_over, listen
from gateway.proxy import Proxy
from gateway.settings import GatewaySettings
from libs.access.token import JwksVerifier
from libs.sources import TimeOrderedIds, clock_of
from libs.telemetry.lines import Lines
from libs.telemetry.logging import configure_logging
from libs.telemetry.tracing import configure_tracing

log = structlog.get_logger()
started_at = Gauge("tms_gateway_started_seconds", "When this gateway began to serve; its process may be older.")
LEAVE_S = 1.0
"""So long a gateway that ends still reads its connections, each answer the last on its own: none is cut off unheard."""
cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@asynccontextmanager
async def compose(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The gateway from its settings alone; everything it opened is closed when the block ends."""
    async with AsyncExitStack() as stack:
        stack.callback(
            configure_tracing(NAME, settings.telemetry_dir, settings.otlp_endpoint, version=settings.version)
        )
        clock = clock_of(settings.clock_file)
        verifier = JwksVerifier.from_url(
            f"{settings.auth_url}/api/v1/auth/jwks.json",
            issuer=settings.issuer,
            audience=settings.audience,
            clock=clock,
        )
        stack.push_async_callback(verifier.close)
        proxy = Proxy(settings)
        await proxy.open()
        stack.push_async_callback(proxy.close)
        access_log = Lines(NAME)
        stack.callback(access_log.flush)
        asker = Asker(proxy)
        feeds = PeerFeeds(settings, clock)
        stack.push_async_callback(feeds.close)
        hub = Hub(feeds, poll=settings.events_poll)
        stack.push_async_callback(hub.close)
        streams = Streams(hub, asker, verifier, heartbeat=settings.events_heartbeat, usable=feeds.usable)
        yield Gateway(
            settings,
            proxy=proxy,
            doors=own_doors(settings, asker, streams, clock),
            on_stop=hub.end,
            verifier=verifier,
            ids=TimeOrderedIds(),
            callers=Buckets(rate=settings.rate_per_second, burst=settings.rate_burst),
            sign_ins=Buckets(rate=settings.sign_in_rate_per_second, burst=settings.sign_in_burst),
            verifications=Buckets(rate=settings.verify_rate_per_second, burst=settings.verify_burst),
            access_log=access_log,
        )


def server_config(app: Gateway, settings: GatewaySettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="none",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )


class _Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn raises them again at its end, before ours has been cleaned up."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def take_no_more(self) -> None:
        """Accept no further connection; those there are go on."""
        for server in self.servers if self.started else ():
            server.close()


async def serve(settings: GatewaySettings, listening: socket.socket) -> bool:
    """Serve until told to end, then let requests in hand finish; a second signal does not wait for them.

    SIGTERM and SIGINT end the gateway. SIGHUP asks for a successor, which is what it answers.
    """
    async with compose(settings) as gateway:
        server = _Server(server_config(gateway, settings))
        loop = asyncio.get_running_loop()
        succeeded = False

        def end() -> None:
            server.should_exit = True

        def on_signal(number: signal.Signals) -> None:
            nonlocal succeeded
            if number is signal.SIGHUP:
                succeeded = succeeded or not gateway.stopping
            else:
                server.force_exit, succeeded = gateway.stopping, False
            if not gateway.stopping:
                gateway.stop()
                server.take_no_more()
                loop.call_later(LEAVE_S, end)

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, on_signal, number)
        _settle_memory()
        started_at.set_to_current_time()
        log.info("started", port=settings.port)
        # The server closes what it is given; this process keeps the socket itself.
        await server.serve(sockets=[listening.dup()])
        log.info("stopped")
        return succeeded


def _settle_memory() -> None:
    """Take what the start made out of the collector's rounds, and make those rarer: requests leave few cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@cli.callback()
def about() -> None:
    """The gateway: one door for everything from outside."""


@cli.command()
def run() -> None:
    """Serve, with settings from the environment."""
    settings = GatewaySettings()
    configure_logging(NAME, level=settings.log_level)
    listening = listen(settings.host, settings.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        succeeded = runner.run(serve(settings, listening))
    if succeeded:
        hand_over(listening, shlex.split(settings.successor) or [sys.executable, *sys.orig_argv[1:]])


if __name__ == "__main__":
    cli()
