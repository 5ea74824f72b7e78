"""Run a simulator on a real socket inside this process, for tests of clients."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.server import build_server

START_WITHIN_S = 10


@contextlib.contextmanager
def run_simulator(simulator: Simulator, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve in a thread on a free loopback port and give the base URL; everything has stopped when this returns."""
    server = build_server(simulator, host="127.0.0.1", port=0, tls=tls)
    thread = threading.Thread(target=server.run, name="tpg-simulator", daemon=True)
    thread.start()
    try:
        _wait_until(lambda: server.started or not thread.is_alive())
        if not server.started:
            raise RuntimeError("the simulator did not start")
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=START_WITHIN_S)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
