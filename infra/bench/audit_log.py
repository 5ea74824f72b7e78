"""A long audit log for the benchmark, made fast: synthetic facts of a few kinds, sealed as the service seals them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from libs.contracts.enrolment import TraineeRevealed
from libs.contracts.envelope import Envelope, seal
from libs.contracts.event import Change, Event
from libs.contracts.tpg_sync import RecordType, SyncQueued, SyncState
from services.audit.models import GENESIS, link, searchable

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

BEGAN_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
IN_ONE_COPY = 20_000
_PERSON, _RECORD, _EVENT, _JOURNEY = (UUID(int=number << 64) for number in (1, 2, 3, 4))
COLUMNS = (
    *("seq", "recorded_at", "happened_at", "event_id", "service", "action", "subject_type", "subject_id"),
    *("subject_seq", "actor_id", "actor_role", "correlation_id", "causation_id", "trace_id", "reason", "changes"),
    *("body", "prev_hash", "hash"),
)


def _kinds() -> list[Event]:
    job = SyncQueued(
        record_id=_RECORD,
        record_type=RecordType.RUN,
        job_id=UUID(int=9),
        kind="publish",
        record_revision=1,
        state=SyncState.PENDING,
    )
    changed = job.model_copy(update={"changes": (Change(field="state", old="pending", new="sending"),)})
    revealed = TraineeRevealed(trainee_id=_RECORD, revision=3).because("the caller asked for a corrected certificate")
    return [job, job, changed, revealed]


def _sealed(event: Event) -> Envelope:
    return seal(
        event,
        service="enrolment" if isinstance(event, TraineeRevealed) else "tpg-sync",
        event_id=_EVENT,
        sequence=1,
        at=BEGAN_AT,
        correlation_id=_JOURNEY,
        causation_id=None,
        actor_id=str(_PERSON),
        actor_role="ops",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )


def entries(count: int) -> Iterator[tuple[Any, ...]]:
    """Rows of the entry table from the first on; ids, subjects and times differ, all else is one of four kinds."""
    templates = [(_sealed(event).to_bytes().decode(), searchable(_sealed(event))) for event in _kinds()]
    prev_hash = GENESIS
    for number in range(count):
        template, columns = templates[number % len(templates)]
        seq, at = number + 1, BEGAN_AT + timedelta(milliseconds=7 * number + 1, microseconds=1)
        event_id, subject_id = UUID(int=_EVENT.int + seq), UUID(int=_RECORD.int + seq % 50_000)
        body = (
            template.replace(str(_EVENT), str(event_id))
            .replace(str(_RECORD), str(subject_id))
            .replace("2026-01-05T01:00:00Z", f"{at:%Y-%m-%dT%H:%M:%S.%fZ}")
        )
        hashed = link(prev_hash, seq, at, body.encode())
        values = {**columns, "happened_at": at, "event_id": event_id, "subject_id": subject_id}
        yield (
            seq,
            at,
            *(values[name] for name in COLUMNS[2:15]),
            json.dumps(values["changes"]),
            body,
            prev_hash,
            hashed,
        )
        prev_hash = hashed


async def fill(connection: "Connection", count: int) -> None:
    """Copy so many entries into an empty log."""
    rows = entries(count)
    for start in range(0, count, IN_ONE_COPY):
        some = [next(rows) for _ in range(min(IN_ONE_COPY, count - start))]
        await connection.copy_records_to_table("entry", schema_name="audit", columns=COLUMNS, records=some)
