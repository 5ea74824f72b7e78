"""The HTTP server inside a service process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import uvicorn
from fastapi import FastAPI


class _WithoutSignals(uvicorn.Server):
    """The chassis owns the signals, so that HTTP, consumers and relay stop in the right order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    """Serves one app. When it stops it takes no more, and requests in hand have `grace` to finish."""

    def __init__(self, app: FastAPI, *, host: str, port: int, grace: timedelta) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            lifespan="off",
            timeout_keep_alive=75,
            timeout_graceful_shutdown=max(1, round(grace.total_seconds())),
            h11_max_incomplete_event_size=64 * 1024,
        )
        self._server = _WithoutSignals(config)

    async def serve(self) -> None:
        """Serve until `stop`; a port in use ends the process with uvicorn's message."""
        await self._server.serve()

    def stop(self) -> None:
        self._server.should_exit = True
