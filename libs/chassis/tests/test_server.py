"""A service's HTTP server at its end."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from libs.chassis.server import HttpServer
from libs.servers.ports import free_ports, is_listening


async def test_a_request_in_hand_is_answered_while_no_more_are_taken(caplog: pytest.LogCaptureFixture) -> None:
    """Given a request that takes its time, when the server is told to end, it refuses the next and answers this."""
    caplog.set_level("INFO", logger="uvicorn.error")
    begun, go_on = asyncio.Event(), asyncio.Event()
    app, port = FastAPI(), free_ports(1)[0]

    @app.get("/slow")
    async def slow() -> str:
        begun.set()
        await go_on.wait()
        return "done"

    server = HttpServer(app, host="127.0.0.1", port=port, grace=timedelta(seconds=60))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(60), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        while not is_listening(port):  # noqa: ASYNC110 - a port tells nobody
            await asyncio.sleep(0.05)
        asked = asyncio.create_task(client.get("/slow"))
        await begun.wait()
        server.stop()
        while is_listening(port):  # noqa: ASYNC110 - a port tells nobody
            await asyncio.sleep(0.05)
        while "Waiting for connections to close" not in caplog.text:  # noqa: ASYNC110 - the server tells its log alone
            await asyncio.sleep(0.05)
        go_on.set()
        assert (await asked).json() == "done"
        await serving
