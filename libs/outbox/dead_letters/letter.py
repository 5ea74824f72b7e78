"""A message that waits for a person, told without anything that may be personal: ids, types, times, reasons."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

_ROUTING_KEY = re.compile(r"(?:sg\.tms\.)?([a-z_]{1,60}\.[a-z_]{1,60}\.v\d{1,3})")
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
REDACTED = "(redacted)"


class LetterSource(StrEnum):
    """Where it lies: what we could not handle, what the broker gave up, what the broker would not take."""

    INBOX = "inbox"
    BROKER = "broker"
    OUTBOX = "outbox"


class Standing(StrEnum):
    """Whether a person must decide, or it is tried again by itself."""

    DEAD = "dead"
    FAILING = "failing"


ACTIONS: dict[LetterSource, tuple[str, ...]] = {
    LetterSource.INBOX: ("replay", "discard"),
    LetterSource.BROKER: ("discard",),
    LetterSource.OUTBOX: ("replay",),
}
"""Bytes that are no event cannot be tried again; a fact of ours that is not published yet cannot be given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message that waits for a person. `letter_id` names it within its source."""

    source: LetterSource
    letter_id: str
    standing: Standing
    next_at: datetime | None
    """When what is failing is tried again."""
    handler: str
    """The consumer that failed, the queue the broker took it from, or the exchange that refused it."""
    event_id: UUID | None
    type: str | None
    aggtype: str | None
    aggid: UUID | None
    aggseq: int | None
    reason: str | None
    error: str | None
    fingerprint: str | None
    attempts: int
    crashes: int
    """How often its process is known to have died while handling it."""
    series: int
    """1, and one more for each replay."""
    waiting_behind: int
    """Later events of the same record that wait for this one."""
    first_at: datetime
    last_at: datetime
    correlation_id: UUID | None
    trace_id: str | None
    actions: tuple[str, ...]

    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row with the stored body; lineage is read from the body, which is ours when it is an event."""
        source = LetterSource(row.source)
        event = envelope_of(row.body)
        return cls(
            source=source,
            letter_id=row.letter_id,
            standing=Standing(row.standing),
            next_at=row.next_at,
            handler=row.handler,
            event_id=row.event_id,
            type=_type(row.type),
            aggtype=row.aggtype,
            aggid=row.aggid,
            aggseq=row.aggseq,
            reason=row.reason,
            error=row.error,
            fingerprint=row.fingerprint,
            attempts=row.attempts,
            crashes=row.crashes,
            series=row.series,
            waiting_behind=row.waiting_behind,
            first_at=row.first_at,
            last_at=max(row.last_at, row.first_at),
            correlation_id=_uuid(event.get("correlationid")),
            trace_id=_trace(event.get("traceparent")),
            actions=ACTIONS[source] if row.standing == Standing.DEAD else (),
        )

    @property
    def place(self) -> tuple[datetime, str, str]:
        """Where it stands in the list: what a cursor holds."""
        return self.first_at, self.source.value, self.letter_id


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDetail:
    """One dead letter with what it says, reduced to ids: lineage as it is, data without its values."""

    letter: DeadLetter
    event: dict[str, Any] | None
    """The envelope; null when the bytes are no event."""
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Which dead letters, where they are not named: all that match. What is None does not limit."""

    fingerprint: str | None = None
    type: str | None = None
    aggid: UUID | None = None
    until: datetime | None = None
    """Only those that were dead by then: the set that was seen, and nothing that came since."""

    def values(self) -> dict[str, Any]:
        return {"fingerprint": self.fingerprint, "type": self.type, "aggid": self.aggid, "until": self.until}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterGroup:
    """Dead letters that failed alike."""

    fingerprint: str
    source: LetterSource
    count: int
    failing: int
    """How many more failed alike so far and are tried again by themselves."""
    first_at: datetime
    last_at: datetime
    example: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """Letters that were replayed and not all done yet: how far that has come."""

    fingerprint: str
    waiting: int
    """They wait for their turn, and can still be called back."""
    trying: int
    """They are being tried, or failed once more and are tried again."""
    failed_again: int
    """They are dead again."""
    next_at: datetime | None
    last_at: datetime | None


def envelope_of(body: str | bytes | None) -> dict[str, Any]:
    """The envelope in these bytes, or nothing when they hold none."""
    if not body:
        return {}
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) and "specversion" in document else {}


_LINEAGE: Sequence[str] = (
    "id",
    "source",
    "type",
    "subject",
    "time",
    "dataschema",
    "aggtype",
    "aggid",
    "aggseq",
    "correlationid",
    "causationid",
    "actorid",
    "actorrole",
    "traceparent",
)


def reduced(event: dict[str, Any], *, ours: bool) -> dict[str, Any]:
    """The lineage of an event of ours as it is, and data with every value that is no id taken out.

    What the broker gave up may be anybody's: there only ids are kept, everywhere.
    """
    kept = {name: event[name] for name in _LINEAGE if name in event}
    return {**(kept if ours else ids_only(kept)), "data": ids_only(event.get("data", {}))}


def ids_only(value: Any) -> Any:
    """The same shape with nothing but ids in it."""
    if isinstance(value, dict):
        return {name: ids_only(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [ids_only(inner) for inner in value]
    return value if value is None or _uuid(value) is not None else REDACTED


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _trace(value: Any) -> str | None:
    found = _TRACE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def _type(value: str | None) -> str | None:
    """A routing key as ours are; anybody could have written something else into a message's headers."""
    found = _ROUTING_KEY.fullmatch(value) if value else None
    return found[1] if found else None
