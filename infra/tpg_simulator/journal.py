"""What was asked and answered, decrypted, for tests and for people who look for the reason."""

from collections import deque
from itertools import count
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field


class Entry(BaseModel):
    """One call. `status` is None when the caller got no reply at all; `stored` says whether it changed something."""

    sequence: int = 0
    at: AwareDatetime
    operation: str
    method: str
    path: str
    query: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict, description="correlation and version headers only")
    provider: str | None = None
    identity: str | None = Field(default=None, description="certificate, bearer or default")
    encrypted: bool = Field(default=False, description="whether the body came as ciphertext and was decrypted here")
    sealed: str | None = Field(default=None, description="that ciphertext, exactly as it stood on the wire")
    request: Any = None
    reply: Any = None
    status: int | None = None
    stored: bool = False
    faults: list[str] = Field(default_factory=list)
    took_ms: float = 0


class Journal:
    """The latest calls, in memory; the oldest make room."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._sequence = count(1)

    def write(self, entry: Entry, *, capacity: int) -> None:
        entry.sequence = next(self._sequence)
        self._entries.append(entry)
        while len(self._entries) > capacity:
            self._entries.popleft()

    def find_one(self, sequence: int) -> Entry | None:
        return next((entry for entry in self._entries if entry.sequence == sequence), None)

    def find(
        self,
        *,
        operation: str | None = None,
        after: int = 0,
        traceparent: str | None = None,
        stored: bool | None = None,
        limit: int = 200,
    ) -> list[Entry]:
        """Oldest first; `after` is the sequence of the last entry already seen."""
        found = (
            entry
            for entry in self._entries
            if entry.sequence > after
            and operation in {None, entry.operation}
            and (traceparent is None or traceparent in entry.headers.get("traceparent", ""))
            and stored in {None, entry.stored}
        )
        return [entry for entry, _ in zip(found, range(limit), strict=False)]

    def clear(self) -> None:
        self._entries.clear()
