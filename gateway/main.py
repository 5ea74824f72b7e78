"""The program: `python -m gateway.main run`."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import structlog
import typer
import uvicorn
import uvloop

from gateway.app import Gateway
from gateway.asking import Asker
from gateway.composition import own_doors
from gateway.events import Hub, PeerFeeds, Streams
from gateway.journey import NAME
from gateway.limits import Buckets
from gateway.proxy import Proxy
from gateway.settings import GatewaySettings
from libs.access.token import JwksVerifier
from libs.sources import TimeOrderedIds, clock_of
from libs.telemetry.lines import Lines
from libs.telemetry.logging import configure_logging
from libs.telemetry.tracing import configure_tracing

log = structlog.get_logger()
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


async def serve(settings: GatewaySettings) -> None:
    """Serve until SIGTERM or SIGINT, then let requests in hand finish; a second signal does not wait for them."""
    async with compose(settings) as gateway:
        server = _Server(server_config(gateway, settings))

        def on_signal() -> None:
            server.force_exit = server.should_exit
            server.should_exit = True
            gateway.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, on_signal)
        _settle_memory()
        log.info("started", port=settings.port)
        await server.serve()
        log.info("stopped")


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
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))


if __name__ == "__main__":
    cli()
