"""One listener: what waits to be sent to it, bounded, and where it stands in every log."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from libs.access.hearing import Hearing, hearing_of
from libs.access.principal import Principal

MOST_WAITING = 1_000
"""Events that may wait for a slow reader, about 400 bytes each and shared by all; one more and it is let go."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One event as people hear of it: that something happened to a record, never what it says."""

    id: str
    name: str
    kind: str
    run_id: str | None
    data: str

    @classmethod
    def of(cls, service: str, envelope: Mapping[str, Any]) -> Self:
        name = str(envelope["type"]).removeprefix("sg.tms.").rpartition(".v")[0]
        kind, record = str(envelope["aggtype"]), str(envelope["aggid"])
        told = {
            "id": envelope["id"],
            "service": service,
            "type": str(envelope["type"]).removeprefix("sg.tms."),
            "aggtype": kind,
            "aggid": record,
            "aggseq": envelope["aggseq"],
            "time": envelope["time"],
            "correlation_id": envelope["correlationid"],
        }
        data = json.dumps(told, separators=(",", ":"))
        return cls(str(envelope["id"]), name, kind, _run_of(kind, record, envelope.get("data") or {}), data)


def _run_of(kind: str, record: str, data: Mapping[str, Any]) -> str | None:
    """The course run an event is about: its own record's, or as the event or the fact in it says."""
    if kind in {"run", "run_seats"}:
        return record
    fact = data.get(kind)
    told = data.get("run_id") or (fact.get("run_id") if isinstance(fact, Mapping) else None)
    return str(told) if told else None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one reading of one log found. `restored` says that the log was begun anew."""

    service: str
    notices: Sequence[Notice]
    position: str
    restored: bool = False


class Listener:
    """Takes batches from the hub and hands them to the stream."""

    def __init__(self, principal: Principal, positions: Mapping[str, str]) -> None:
        self.principal = principal
        self.positions = dict(positions)
        self.overrun = asyncio.Event()
        """Set when more waited than may: the reader is too slow."""
        self.ended = False
        self._waiting: deque[Batch] = deque()
        self._size = 0
        self._passed: dict[str, str] = {}
        self._bell = asyncio.Event()
        self._hearing: dict[str, Hearing] = {}

    def hearing(self, kind: str) -> Hearing:
        found = self._hearing.get(kind)
        if found is None:
            found = self._hearing[kind] = hearing_of(self.principal, kind)
        return found

    def offer(self, batch: Batch) -> None:
        """Keep what this caller may hear of; never waits."""
        heard = [notice for notice in batch.notices if self.hearing(notice.kind) is not Hearing.NOTHING]
        if not heard and not batch.restored:
            self._passed[batch.service] = batch.position
            self._settle()
            return
        self._size += len(heard) + 1
        if self._size > MOST_WAITING:
            self.overrun.set()
            return
        self._passed.pop(batch.service, None)
        self._waiting.append(Batch(batch.service, heard, batch.position, batch.restored))
        self._bell.set()

    def end(self) -> None:
        """No more is to come: the gateway stops."""
        self.ended = True
        self._bell.set()

    async def next(self, patience_s: float) -> Batch | None:
        """The next batch; None when nothing came in that time, or when it has ended."""
        if not self._waiting and not self.ended:
            self._bell.clear()
            try:
                async with asyncio.timeout(patience_s):
                    await self._bell.wait()
            except TimeoutError:
                return None
        if not self._waiting:
            return None
        batch = self._waiting.popleft()
        self._size -= len(batch.notices) + 1
        return batch

    def reached(self, batch: Batch) -> None:
        """The batch was sent."""
        self.positions[batch.service] = batch.position
        self._settle()

    def _settle(self) -> None:
        """What had nothing to hear in it counts as reached once everything before it is."""
        if not self._waiting:
            self.positions.update(self._passed)
            self._passed.clear()
