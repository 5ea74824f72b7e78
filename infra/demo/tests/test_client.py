"""One sign-in behind many journeys."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from infra.demo.client import Api


class Door(ThreadingHTTPServer):
    """Signs everybody in, one token after another, of which only the newest counts."""

    tokens = 0


class Keeper(BaseHTTPRequestHandler):
    """What is no sign-in is answered with the journey it is asked on."""

    server: Door

    def do_POST(self) -> None:
        self.server.tokens += 1
        self._answer(200, f'{{"access_token": "{self.server.tokens}"}}')

    def do_GET(self) -> None:
        accepted = self.headers["Authorization"] == f"Bearer {self.server.tokens}"
        self._answer(200 if accepted else 401, f'{{"journey": "{self.headers["X-Correlation-Id"]}"}}')

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def door() -> Iterator[Door]:
    server = Door(("127.0.0.1", 0), Keeper)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_token_that_has_run_out_is_renewed_once_for_all_journeys(door: Door) -> None:
    """Given two journeys on one sign-in, when its token has run out, then the first to ask renews it for both."""
    first = Api(f"http://127.0.0.1:{door.server_port}")
    first.sign_in("ops@example.com", "seven wooden spoons")
    second = first.on_journey()
    door.tokens += 1

    asked = [api.get("/anything")["journey"] for api in (second, first)]

    assert asked == [str(second.correlation_id), str(first.correlation_id)]
    assert len(set(asked)) == 2
    assert door.tokens == 3, "one sign-in, one that ran out, one renewal"
    first.close()
    second.close()
