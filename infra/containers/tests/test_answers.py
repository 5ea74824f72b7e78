"""What the engine asks a container for its health, against a real server."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from libs.servers.ports import free_ports

ANSWERS = Path(__file__).parents[1] / "answers.sh"


class Ready(BaseHTTPRequestHandler):
    """Ready at one path, not at others."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: the tests' output is theirs."""


@contextmanager
def serving() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Ready) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("path", "healthy"), [("/readyz", True), ("/elsewhere", False)])
def test_only_200_is_health(path: str, *, healthy: bool) -> None:
    with serving() as port:
        run = subprocess.run(["bash", str(ANSWERS), str(port), path], check=False)
    assert (run.returncode == 0) is healthy


def test_nobody_there_is_not() -> None:
    [port] = free_ports(1)
    assert (
        subprocess.run(["bash", str(ANSWERS), str(port), "/readyz"], capture_output=True, check=False).returncode != 0
    )
