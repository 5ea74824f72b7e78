"""The public API as a person's script uses it: through the gateway only, one correlation id for the whole journey."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

TOO_MANY = 429
PATIENCE_S = 90.0


class Refusal(RuntimeError):
    """The API said no; the message tells what, how to mend it, and by which id to find it."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.problem: dict[str, Any] = _problem(response)
        lines = [f"{response.request.method} {response.request.url.path} answered {self.status}"]
        lines += [str(self.problem.get("detail") or self.problem.get("title") or "")]
        for error in self.problem.get("errors", []):
            lines.append(f"  {error['field']}: {error['message']} {error.get('fix', '')}")
        super().__init__("\n".join(line for line in lines if line))


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {"title": response.text[:200]}
    return document if isinstance(document, dict) else {}


@dataclass(slots=True)
class _Login:
    """One sign-in, and all clients that go by it."""

    email: str
    password: str
    token: str


class Api:
    """A signed-in client. When its token has run out, as it does when time is moved, it signs in again by itself."""

    def __init__(self, base_url: str, *, correlation_id: UUID | None = None) -> None:
        self.correlation_id = correlation_id or uuid4()
        self._base_url = base_url
        headers = {"X-Correlation-Id": str(self.correlation_id)}
        self._http = httpx.Client(base_url=f"{base_url}/api/v1", headers=headers, timeout=60)
        self._login: _Login | None = None

    def close(self) -> None:
        self._http.close()

    def on_journey(self, correlation_id: UUID | None = None) -> "Api":
        """The same sign-in under a correlation id of its own; a token that one of them renews is the other's too."""
        other = Api(self._base_url, correlation_id=correlation_id)
        other._login = self._login
        return other

    def sign_in(self, email: str, password: str) -> str:
        """Use this login from now on; answers its access token. Raises Refusal when it is not accepted.

        Many sign in from one machine here: told to slow down, it waits as long as it is told.
        """
        form = {"grant_type": "password", "username": email, "password": password}
        deadline = time.monotonic() + PATIENCE_S
        while (response := self._http.post("/auth/token", data=form)).status_code == TOO_MANY:
            if time.monotonic() > deadline:
                break
            time.sleep(float(response.headers.get("Retry-After", "1")))
        token = str(self._checked(response).json()["access_token"])
        if self._login is None or self._login.email != email:
            self._login = _Login(email, password, token)
        self._login.password, self._login.token = password, token
        return token

    @property
    def token(self) -> str:
        """The access token it goes by now; empty before it has signed in."""
        return "" if self._login is None else self._login.token

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query or None).json()

    def post(self, path: str, body: Any | None = None, *, etag: str | None = None) -> Any:
        """A command, with an idempotency key of its own; `etag` is the version it is meant for."""
        headers = {"Idempotency-Key": str(uuid4()), **({"If-Match": etag} if etag else {})}
        return self._send("POST", path, json=body if body is not None else {}, headers=headers).json()

    def download(self, path: str, body: Any) -> bytes:
        """What a command answers as a file."""
        return self._send("POST", path, json=body).content

    def send_file(self, path: str, content: bytes) -> Any:
        """A spreadsheet; sent again, it is the same one."""
        return self._send("POST", path, content=content, headers={"Content-Type": "text/csv"}).json()

    def patch(self, path: str, body: Any, *, etag: str) -> Any:
        return self._send("PATCH", path, json=body, headers={"If-Match": etag}).json()

    def act(self, path: str, action: str, **body: Any) -> Any:
        """An action on a record as it stands now."""
        return self.post(f"{path}/{action}", body, etag=self.etag(path))

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.get(path, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    def etag(self, path: str) -> str:
        return self._send("GET", path).headers["ETag"]

    def _send(self, method: str, path: str, **words: Any) -> httpx.Response:
        answer, login = self._asked(method, path, **words), self._login
        if answer.status_code == httpx.codes.UNAUTHORIZED and login is not None:
            self.sign_in(login.email, login.password)
            answer = self._asked(method, path, **words)
        return self._checked(answer)

    def _asked(self, method: str, path: str, *, headers: dict[str, str] | None = None, **words: Any) -> httpx.Response:
        proof = {"Authorization": f"Bearer {self._login.token}"} if self._login is not None else {}
        return self._http.request(method, path, headers={**(headers or {}), **proof}, **words)

    @staticmethod
    def _checked(response: httpx.Response) -> httpx.Response:
        if response.is_error:
            raise Refusal(response)
        return response
