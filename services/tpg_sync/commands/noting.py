"""Keeps what the owners of records were heard to say, for the records' timelines."""

import re
from typing import Final

from libs.contracts.envelope import Envelope
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import HeardEvent

OWNERS_WORDS: Final = frozenset(RecordType) - {RecordType.FEE}
"""The aggregates that records are submitted from; a fee is told with its enrolment."""


_TRACE: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def note(envelope: Envelope, uow: UnitOfWork) -> None:
    """Write down that this was said; what is no record's own word is left out."""
    if envelope.aggtype not in OWNERS_WORDS:
        return
    uow.add(
        HeardEvent(
            event_id=envelope.id,
            aggtype=envelope.aggtype,
            aggid=envelope.aggid,
            aggseq=envelope.aggseq,
            type=envelope.event_type,
            at=envelope.time,
            revision=_revision(envelope),
            actor_id=envelope.actorid,
            actor_role=envelope.actorrole,
            correlation_id=envelope.correlationid,
            trace_id=_trace(envelope.traceparent),
        )
    )


def _trace(traceparent: str | None) -> str | None:
    found = _TRACE.fullmatch(traceparent or "")
    return found[1] if found else None


def _revision(envelope: Envelope) -> int | None:
    """A record's events carry its state under its own name."""
    fact = envelope.data.get(envelope.aggtype)
    revision = fact.get("revision") if isinstance(fact, dict) else None
    return revision if isinstance(revision, int) else None
