"""A client that insists: every request is repeated with the same key until somebody answers it."""

import asyncio
import time
from typing import Any, Final
from uuid import uuid4

import httpx

from infra.chaos.diary import Diary
from infra.demo.client import Refusal

AGAIN_S: Final = 0.3
TIMEOUT_S: Final = 30.0
UNANSWERED_AFTER_S: Final = 180.0
PASSING: Final = frozenset({401, 429, 502, 503, 504})
"""Answers that say "not now": the request itself is in order."""
STALE: Final = 412


class Unanswered(RuntimeError):
    """Nobody answered in all that time."""


class Insistent:
    """One role's client, used by as many writers as like."""

    def __init__(
        self, gateway: str, login: tuple[str, str], diary: Diary, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(base_url=f"{gateway}/api/v1", timeout=TIMEOUT_S, transport=transport)
        self._login = login
        self.diary = diary
        self._token = ""
        self._signing_in = asyncio.Lock()

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        return (await self._insist("GET", path, params=query)).json()

    async def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(path, limit=200, **query, **cursor)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = {"cursor": page["next_cursor"]}

    async def post(self, path: str, body: Any, *, etag: str | None = None) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(uuid4()), **({"If-Match": etag} if etag else {})}
        answer: dict[str, Any] = (await self._insist("POST", path, json=body, headers=headers)).json()
        return answer

    async def act(self, path: str, action: str, /, **body: Any) -> dict[str, Any]:
        """An action on a record as it stands; looked at again when somebody else was faster."""
        while True:
            try:
                return await self.post(f"{path}/{action}", body, etag=await self.etag(path))
            except Refusal as refusal:
                if refusal.status != STALE:
                    raise

    async def patch(self, path: str, body: Any, *, etag: str) -> dict[str, Any]:
        """A change knows no key: repeated after a lost answer it is refused as stale if it was made."""
        answer: dict[str, Any] = (await self._insist("PATCH", path, json=body, headers={"If-Match": etag})).json()
        return answer

    async def send_file(self, path: str, content: bytes) -> dict[str, Any]:
        """A spreadsheet; its own content is its key."""
        headers = {"Content-Type": "text/csv"}
        answer: dict[str, Any] = (await self._insist("POST", path, content=content, headers=headers)).json()
        return answer

    async def etag(self, path: str) -> str:
        return str((await self._insist("GET", path)).headers["ETag"])

    async def _insist(self, method: str, path: str, *, headers: dict[str, str] | None = None, **words: Any) -> Any:
        deadline = time.monotonic() + UNANSWERED_AFTER_S
        while time.monotonic() < deadline:
            token = await self._signed_in()
            try:
                answer = await self._ask(
                    method, path, headers={**(headers or {}), "Authorization": f"Bearer {token}"}, **words
                )
            except httpx.HTTPError as lost:
                await self._again(type(lost).__name__)
                continue
            if answer.is_success:
                return answer
            if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR and answer.status_code not in PASSING:
                raise Refusal(answer)
            if answer.status_code not in PASSING:
                self.diary.surprises[f"{method} {_plain(path)} answered {answer.status_code}"] += 1
            self._forget(token, answer.status_code)
            await self._again(str(answer.status_code))
        raise Unanswered(f"{method} {_plain(path)} was not answered in {UNANSWERED_AFTER_S:.0f} s")

    async def _ask(self, method: str, path: str, **words: Any) -> httpx.Response:
        """Ask once."""
        place, began = f"{method} {_plain(path)}", time.monotonic()
        try:
            answer = await self._http.request(method, path, **words)
        except httpx.HTTPError as lost:
            self.diary.tally.lost(place, lost)
            raise
        self.diary.tally.answered(place, answer, time.monotonic() - began)
        return answer

    async def _again(self, why: str) -> None:
        self.diary.repeats[why] += 1
        await asyncio.sleep(AGAIN_S)

    def _forget(self, token: str, status: int) -> None:
        if status == httpx.codes.UNAUTHORIZED and token == self._token:
            self._token = ""

    async def _signed_in(self) -> str:
        async with self._signing_in:
            while not self._token:
                email, password = self._login
                form = {"grant_type": "password", "username": email, "password": password}
                try:
                    answer = await self._ask("POST", "/auth/token", data=form)
                except httpx.HTTPError as lost:
                    await self._again(type(lost).__name__)
                    continue
                if answer.is_success:
                    self._token = str(answer.json()["access_token"])
                else:
                    await self._again(f"{answer.status_code} at the sign-in")
            return self._token


def _plain(path: str) -> str:
    """The path without its ids, so that equal troubles are counted together."""
    return "/".join("{id}" if len(part) == len(str(uuid4())) else part for part in path.split("/"))
