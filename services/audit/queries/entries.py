"""The log itself: which entries, in which order."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, any_, bindparam, func, or_, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select

from libs.contracts.evidence import Head
from libs.database.unit_of_work import UnitOfWork
from libs.telemetry.context import SYSTEM_ACTOR
from services.audit.models import Entry

ACCOUNT_SUBJECTS = ("user", "client", "sign_in", "signing_key", "access")
"""Subjects that concern accounts rather than training records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    subject_type: str | None = None
    subject_id: UUID | None = None
    actor_id: str | None = None
    action: str | None = None
    service: str | None = None
    correlation_id: UUID | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    only_training_records_or_by: str | None = None
    """When set, accounts' entries are left out unless this actor made them."""

    def conditions(self) -> list[ColumnElement[bool]]:
        equal: dict[Any, Any] = {
            Entry.subject_type: self.subject_type,
            Entry.subject_id: self.subject_id,
            Entry.actor_id: self.actor_id,
            Entry.action: self.action,
            Entry.service: self.service,
            Entry.correlation_id: self.correlation_id,
        }
        found = [column == value for column, value in equal.items() if value is not None]
        if self.from_at is not None:
            found.append(col(Entry.happened_at) >= self.from_at)
        if self.to_at is not None:
            found.append(col(Entry.happened_at) < self.to_at)
        if self.only_training_records_or_by is not None:
            training = col(Entry.subject_type).not_in(ACCOUNT_SUBJECTS)
            found.append(or_(training, col(Entry.actor_id) == self.only_training_records_or_by))
        return found


async def list_entries(uow: UnitOfWork, wanted: EntryFilter, *, before: int | None, limit: int) -> list[Entry]:
    """The newest entries that match, below sequence number `before`."""
    query = select(Entry).where(*wanted.conditions()).order_by(col(Entry.seq).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Entry.seq) < before)
    return list((await uow.session.execute(query)).scalars())


async def find_entry(uow: UnitOfWork, seq: int, wanted: EntryFilter) -> Entry | None:
    query = select(Entry).where(col(Entry.seq) == seq, *wanted.conditions())
    return (await uow.session.execute(query)).scalar_one_or_none()


async def last_seq(uow: UnitOfWork) -> int:
    """The number of the newest entry; 0 for an empty chain."""
    return (await uow.session.execute(select(func.coalesce(func.max(Entry.seq), 0)))).scalar_one()


async def last_own_verification(uow: UnitOfWork) -> datetime | None:
    """When the system last verified the log of itself, as far as the log tells."""
    query = (
        select(Entry.happened_at)
        .where(col(Entry.action) == "audit.chain_verified", col(Entry.actor_id) == SYSTEM_ACTOR)
        .order_by(col(Entry.seq).desc())
        .limit(1)
    )
    return (await uow.session.execute(query)).scalar_one_or_none()


async def read_chain(uow: UnitOfWork, seqs: Sequence[int], *, batch: int) -> AsyncIterator[Entry]:
    """These entries in chain order, read in batches so that memory stays flat."""
    for start in range(0, len(seqs), batch):
        wanted = col(Entry.seq) == any_(bindparam("seqs", seqs[start : start + batch], type_=ARRAY(BigInteger)))
        for entry in (await uow.session.execute(select(Entry).where(wanted).order_by(col(Entry.seq)))).scalars():
            yield entry
        uow.session.expunge_all()


async def chosen_seqs(
    uow: UnitOfWork,
    from_seq: int,
    to_seq: int,
    *,
    subjects: Sequence[tuple[str, UUID]],
    correlation_id: UUID | None,
    limit: int,
) -> list[int]:
    """The numbers of the entries in a range about any of these records, on this journey; ascending, at most `limit`."""
    query = select(Entry.seq).where(col(Entry.seq).between(from_seq, to_seq)).order_by(col(Entry.seq)).limit(limit)
    if subjects:
        query = query.where(tuple_(col(Entry.subject_type), col(Entry.subject_id)).in_(subjects))
    if correlation_id is not None:
        query = query.where(col(Entry.correlation_id) == correlation_id)
    return list((await uow.session.execute(query)).scalars())


_TOLD = text(
    "select e.seq, w.place from unnest(cast(:types as text[]), cast(:ids as uuid[]), cast(:entries as int[]))"
    " with ordinality as w (subject_type, subject_id, entries, place)"
    " join audit.entry e on e.subject_type = w.subject_type and e.subject_id = w.subject_id"
    " and e.subject_seq <= w.entries order by e.seq"
)


async def seqs_told(uow: UnitOfWork, heads: Sequence[Head]) -> tuple[list[int], list[int]]:
    """The numbers of all entries about these records up to the fact named, ascending; and how many each has."""
    asked = {
        "types": [head.type for head in heads],
        "ids": [head.id for head in heads],
        "entries": [head.entries for head in heads],
    }
    seqs: list[int] = []
    heard = [0] * len(heads)
    for seq, place in (await uow.session.execute(_TOLD, asked)).all():
        seqs.append(seq)
        heard[place - 1] += 1
    return sorted(set(seqs)), heard
