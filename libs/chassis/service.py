"""One composition root: what a service is, and the roles its one program can play.

course = Service(name="course", settings=CourseSettings, metadata=Model.metadata, ...)
if __name__ == "__main__":
    course.run()          # run | api | worker | migrate | await | new-epoch
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import structlog
import typer
import uvloop
from fastapi import APIRouter, FastAPI
from sqlalchemy import MetaData

from libs.chassis.api import build_app
from libs.chassis.composition import Composition, compose
from libs.chassis.runtime import Runtime
from libs.chassis.schema import await_head, bring_to_head
from libs.chassis.server import HttpServer
from libs.chassis.settings import ServiceSettings
from libs.outbox.ending import end
from libs.outbox.handlers import Handlers
from libs.outbox.wakeup import Notifier, channel_of
from libs.sources import TimeOrderedIds, clock_of
from libs.telemetry.logging import configure_logging
from libs.web import openapi

if TYPE_CHECKING:
    from libs.chassis.worker import Worker

log = structlog.get_logger()

RoleName = Literal["run", "api", "worker", "migrate", "await", "new-epoch"]
Duty = Callable[[Runtime[Any]], Awaitable[None]]
"""A long-lived task of the worker role. It returns only when cancelled; when it raises it is started again."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """Everything that makes one service this service.

    `prepare` runs once at every start, before anything is served; it must be safe to repeat and to run in several
    processes at once. `duties` run in the worker role, each supervised.
    """

    name: str
    settings: type[ServiceSettings]
    metadata: MetaData
    migrations: Path
    routers: Sequence[APIRouter] = ()
    handlers: Handlers | None = None
    duties: Sequence[Duty] = ()
    prepare: Callable[[Runtime[Any]], Awaitable[None]] | None = None
    composition: Composition = compose

    @property
    def wire_name(self) -> str:
        """The name on the wire, in queues and in logs: `tpg-sync` for the folder `tpg_sync`."""
        return self.name.replace("_", "-")

    @property
    def schema(self) -> str:
        return self.name

    def app(self, runtime: Runtime[Any], *, serve_api: bool = True) -> FastAPI:
        """The HTTP side around a given runtime; without `serve_api` only health, metrics and operator routes."""
        return build_app(self.wire_name, self.schema, runtime, self.routers if serve_api else ())

    def document(self) -> dict[str, Any]:
        """The API document of the whole HTTP side, without anything that runs. Raises as `app` does."""
        return openapi.document(self.app(cast("Runtime[Any]", _Told(self.wire_name, TimeOrderedIds()))))

    def run(self) -> None:
        """Read the role from the command line and play it until told to stop."""
        cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

        @cli.command(help=f"The {self.wire_name} service.")
        def play(role: Annotated[str, typer.Argument(help=" | ".join(get_args(RoleName)))] = "run") -> None:
            if role not in get_args(RoleName):
                raise typer.BadParameter(f"choose one of {', '.join(get_args(RoleName))}")
            sys.exit(uvloop.run(self.play(role)))  # type: ignore[arg-type]  # checked on the line above

        cli()

    async def play(self, role: RoleName) -> int:
        """Play one role; returns the exit status."""
        settings = self.settings()
        configure_logging(self.wire_name, level=settings.log_level)
        if role in ("migrate", "await"):
            await self._care_for_schema(settings, role)
            return 0
        if role == "new-epoch":
            await self._begin_epoch(settings)
            return 0
        async with self._serving(settings, role) as parts:
            stop = _stop_on_signal()
            await _until_stopped_or_broken(stop, parts)
            return 0

    async def _care_for_schema(self, settings: ServiceSettings, role: RoleName) -> None:
        url = settings.database_url.get_secret_value()
        if role == "migrate":
            await bring_to_head(self, url, settings.admin_database_url.get_secret_value())
            log.info("migrated", service=self.wire_name)
        else:
            await await_head(self, url)

    async def _begin_epoch(self, settings: ServiceSettings) -> None:
        from libs.chassis.restored import begin_new_epoch  # here, so that API processes load no broker client

        await begin_new_epoch(
            self,
            database_url=settings.database_url.get_secret_value(),
            amqp_url=settings.amqp_url.get_secret_value(),
            clock=clock_of(settings.clock_file),
        )

    def _worker(self, runtime: Runtime[Any]) -> "Worker":
        from libs.chassis.worker import Worker  # here, so that API processes load no broker client

        return Worker(self, runtime)

    @asynccontextmanager
    async def _serving(self, settings: ServiceSettings, role: RoleName) -> AsyncIterator[list[asyncio.Task[None]]]:
        async with AsyncExitStack() as stack:
            runtime = await stack.enter_async_context(self.composition(self, settings))
            if self.prepare is not None:
                await self.prepare(runtime)
            worker = self._worker(runtime) if role in ("run", "worker") else None
            app = self.app(runtime, serve_api=role in ("run", "api"))
            server = HttpServer(app, host=settings.host, port=settings.port, grace=settings.shutdown_grace)
            tasks = [asyncio.create_task(server.serve(), name="http")]
            if worker is not None:
                await worker.start()
                tasks.append(asyncio.create_task(worker.ended(), name="worker"))
            else:
                notifier = Notifier(runtime.engine, channel_of(self.schema))
                runtime.units.wake_with(notifier.ring)
                tasks.append(asyncio.create_task(notifier.run(), name="wake-ups"))
            log.info("started", role=role, port=settings.port)
            try:
                yield tasks
            finally:
                ends_at = _now() + settings.shutdown_grace
                server.stop()
                await asyncio.gather(tasks[0], return_exceptions=True)
                await end(tasks[1:])
                if worker is not None:
                    await worker.stop(max(timedelta(0), ends_at - _now()))
                log.info("stopped", role=role)


@dataclass(frozen=True, slots=True)
class _Told:
    """As much of a runtime as an app needs to be built, and none of what it needs to answer."""

    service: str
    ids: TimeOrderedIds


def _now() -> timedelta:
    return timedelta(seconds=asyncio.get_running_loop().time())


def _stop_on_signal() -> asyncio.Event:
    """Set on the first SIGTERM or SIGINT; the second ends the process at once, which is safe by design."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if stop.is_set():
            signal.raise_signal(signal.SIGKILL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal)
    return stop


async def _until_stopped_or_broken(stop: asyncio.Event, tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait for a signal, or for a part that must not end: its error ends the process, and supervision restarts it."""
    stopping = asyncio.create_task(stop.wait(), name="stop")
    done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for task in done:
        if task is not stopping:
            task.result()
