"""One shape for what is dead anywhere: a message in a service's inbox, at the broker, in an outbox, or a sync job."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from gateway.dead_letters.kinds import Kind
from gateway.dead_letters.words import words_of_job, words_of_message
from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.errors import NotFound
from libs.web.cursors import WrongCursor, read_cursor, write_cursor

SYNC = "tpg-sync"
STUCK = ("rejected", "dead_lettered")
FAILING = ("retry_wait", "verifying")
"""The states of sync jobs that wait for a person, and of those that fail so far."""
_PARTS = 3


class Standing(StrEnum):
    """Whether a person must decide, or it is tried again by itself."""

    DEAD = "dead"
    FAILING = "failing"


class LetterId(BaseModel):
    """Which letter of which service: opaque to callers, one word."""

    service: str
    kind: Kind
    key: str

    def __str__(self) -> str:
        return write_cursor((self.service, self.kind.value, self.key))

    @classmethod
    def read(cls, word: str) -> Self:
        """Raises NotFound for what is no id of ours: nothing is there either."""
        try:
            values = read_cursor(word)
            if len(values) != _PARTS or not all(isinstance(value, str) for value in values):
                raise NotFound("dead letter", word[:80])
            service, kind, key = values
            return cls(service=service, kind=Kind(kind), key=key)
        except (WrongCursor, ValueError):
            raise NotFound("dead letter", word[:80]) from None


class Hint(BaseModel):
    """One thing TPGateway holds against a record, and what would mend it."""

    field: str
    code: str
    message: str
    fix: str = ""


class DeadLetter(BaseModel):
    """One thing that waits for a person, or fails so far. Fields that its kind does not have are null."""

    id: str
    service: str
    kind: Kind
    standing: Standing
    next_at: datetime | None = None
    """When what is failing is tried again."""
    handler: str
    """Who failed: the consumer, the broker's queue, the exchange that refused it, or the kind of submission."""
    type: str | None = None
    """The event's type and version."""
    event_id: UUID | None = None
    aggtype: str | None = None
    aggid: UUID | None = None
    aggseq: int | None = None
    job_state: str | None = None
    record_type: str | None = None
    record_id: UUID | None = None
    attempts: int
    crashes: int = 0
    """How often a process is known to have died while handling it."""
    series: int
    """1, and one more for each replay."""
    waiting_behind: int = 0
    """Later events of the same record that wait for this one."""
    first_at: datetime
    last_at: datetime
    reason: str | None = None
    error: str | None = None
    words: str
    """Why it is here, for people."""
    hints: list[Hint] = []
    fingerprint: str | None = None
    """The same for all that failed alike."""
    correlation_id: UUID | None = None
    trace_id: str | None = None
    actions: list[str] = []
    """What you may do about it."""


class DeadLetterDetail(DeadLetter):
    """One letter with what is in it."""

    event: dict[str, Any] | None = None
    """The message's envelope; every value of its data that is no id is taken out. Null when it is no event."""
    size: int | None = None
    sha256: str | None = None
    calls: list[dict[str, Any]] = []
    """For a sync job: every call that was made for it."""


def of_message(service: str, told: Mapping[str, Any], principal: Principal) -> DeadLetter:
    """From what a service says about a dead message."""
    same = {name: told.get(name) for name in DeadLetter.model_fields if name in told and name != "actions"}
    kind = Kind(told["source"])
    may_act = principal.grant(Permission.MESSAGING_OPERATE) is not None
    return DeadLetter(
        **same,
        id=str(LetterId(service=service, kind=kind, key=told["letter_id"])),
        service=service,
        kind=kind,
        words=words_of_message(kind, told),
        actions=list(told["actions"]) if may_act else [],
    )


def of_job(told: Mapping[str, Any], principal: Principal) -> DeadLetter:
    """From what tpg-sync says about a job that is rejected or dead, or did not succeed so far."""
    stuck = told["state"] in STUCK
    return DeadLetter(
        id=str(LetterId(service=SYNC, kind=Kind.SYNC, key=told["id"])),
        service=SYNC,
        kind=Kind.SYNC,
        standing=Standing.DEAD if stuck else Standing.FAILING,
        next_at=None if stuck else told["next_try_at"],
        words=words_of_job(told),
        handler=told["kind"],
        job_state=told["state"],
        record_type=told["record_type"],
        record_id=told["record_id"],
        attempts=told["tries"],
        series=told["series"],
        first_at=told["created_at"],
        last_at=told["finished_at"] or told["updated_at"],
        reason=told["error_class"],
        error=told["error_code"],
        hints=told["hints"],
        fingerprint=job_fingerprint(told),
        correlation_id=told["correlation_id"],
        trace_id=told["trace_id"],
        actions=job_actions(principal) if stuck else [],
    )


def job_actions(principal: Principal) -> list[str]:
    allowed = {"replay": Permission.SYNC_REQUEUE, "discard": Permission.SYNC_DISCARD}
    return [action for action, permission in allowed.items() if principal.grant(permission) is not None]


_ALIKE: Sequence[str] = ("state", "kind", "error_class", "error_code")


def job_fingerprint(told: Mapping[str, Any]) -> str:
    """What tpg-sync's jobs have in common when they failed alike; `job_filter` reads it back."""
    return "|".join((Kind.SYNC.value, *(str(told[name] or "") for name in _ALIKE)))


def job_filter(fingerprint: str) -> dict[str, str] | None:
    """The filter of tpg-sync's lists for a fingerprint of jobs; None for any other fingerprint."""
    kind, *values = fingerprint.split("|", len(_ALIKE))
    if kind != Kind.SYNC or len(values) != len(_ALIKE):
        return None
    return {name: value for name, value in zip(_ALIKE, values, strict=True) if value}
