"""The example as a process, between the session's broker and a feed that a test has written."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.subscribers.tests.conftest import Site, account, site

EXAMPLE = Path(__file__).parents[1] / "subscriber.py"
__all__ = ["account", "site"]


class Feed:
    """Answers each cursor with what is written for it; what is not, with 503."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}
        self.asked: list[str] = []
        feed = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.say(200, {"access_token": "synthetic"})

            def do_GET(self) -> None:
                cursor = parse_qs(urlsplit(self.path).query).get("cursor", [""])[0]
                feed.asked.append(cursor)
                signed = self.headers["Authorization"] == "Bearer synthetic"
                self.say(*(feed.answers.get(cursor, (503, {})) if signed else (401, {})))

            def say(self, status: int, document: dict[str, Any]) -> None:
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Tests ask `asked`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def page(self, cursor: str, following: str, *events: dict[str, Any], caught_up: bool = True) -> None:
        self.answers[cursor] = (200, {"events": list(events), "next_cursor": following, "caught_up": caught_up})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Example:
    """The program as it is handed out."""

    def __init__(self, told: dict[str, Any], folder: Path) -> None:
        self._told = json.dumps(told) + "\n"
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(EXAMPLE)],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        assert self._process.stdin is not None
        with self._process.stdin as told:
            told.write(self._told)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def acts(self) -> list[str]:
        """What it has acted on so far, in order."""
        lines = (self._folder / "log").read_text().splitlines()
        return [line for line in lines if line.startswith("venue/")]

    def log(self) -> str:
        return (self._folder / "log").read_text()


@pytest.fixture
def feed() -> Iterator[Feed]:
    feed = Feed()
    yield feed
    feed.close()


@pytest.fixture
def example(account: Site, feed: Feed, tmp_path: Path) -> Iterator[Example]:
    told = {
        "queue": account.payroll.queue,
        "amqp_url": account.payroll_url,
        "feed": f"{feed.url}/feed",
        "token_url": f"{feed.url}/token",
        "client": {"grant_type": "client_credentials", "client_id": "1", "client_secret": "2"},
    }
    example = Example(told, tmp_path)
    yield example
    example.kill()
