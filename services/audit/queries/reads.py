"""Who saw whom: what the log tells about reads of personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, cast, distinct, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.audit.models import Entry
from services.audit.models.reading import BULK_READS, NAMED_READS

MOST = 1_000
"""Actors and bulk reads shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time, and whose reads, or reads of whom."""

    from_at: datetime
    to_at: datetime
    actor_id: str | None = None
    subject_id: UUID | None = None

    def conditions(self, actions: Sequence[str]) -> list[ColumnElement[bool]]:
        found = [
            col(Entry.action).in_(actions),
            col(Entry.happened_at) >= self.from_at,
            col(Entry.happened_at) < self.to_at,
        ]
        if self.actor_id is not None:
            found.append(col(Entry.actor_id) == self.actor_id)
        return found

    def of_persons(self) -> list[ColumnElement[bool]]:
        """Reads of one person each."""
        found = self.conditions(NAMED_READS)
        if self.subject_id is not None:
            found.append(col(Entry.subject_id) == self.subject_id)
        return found


async def count_persons(uow: UnitOfWork, window: Window) -> tuple[int, int]:
    """How many reads of one person there were, and of how many different persons."""
    person = tuple_(col(Entry.subject_type), col(Entry.subject_id))
    query = select(func.count(), func.count(distinct(person))).select_from(Entry).where(*window.of_persons())
    reads, persons = (await uow.session.execute(query)).one()
    return reads, persons


async def list_actors(uow: UnitOfWork, window: Window) -> list[Any]:
    """Per actor: reads, different persons, which kinds of reads, first and last; those who saw most first."""
    persons = func.count(distinct(tuple_(col(Entry.subject_type), col(Entry.subject_id)))).label("persons")
    query = (
        select(
            col(Entry.actor_id),
            persons,
            func.count().label("reads"),
            func.array_agg(distinct(col(Entry.action))).label("actions"),
            func.min(col(Entry.happened_at)).label("first_at"),
            func.max(col(Entry.happened_at)).label("last_at"),
        )
        .where(*window.of_persons())
        .group_by(col(Entry.actor_id))
        .order_by(persons.desc(), col(Entry.actor_id))
        .limit(MOST)
    )
    return list((await uow.session.execute(query)).all())


async def list_bulk_reads(uow: UnitOfWork, window: Window) -> list[Any]:
    """Lists, sheets and extracts that were taken, newest first: which persons stood in them is not recorded."""
    data = cast(col(Entry.body), JSONB)["data"]
    rows = func.coalesce(*(data[field].astext for field in BULK_READS.values() if field)).cast(BigInteger)
    query = (
        select(
            col(Entry.seq),
            col(Entry.action),
            col(Entry.actor_id),
            col(Entry.happened_at),
            col(Entry.reason),
            rows.label("rows"),
        )
        .where(*window.conditions(tuple(BULK_READS)))
        .order_by(col(Entry.seq).desc())
        .limit(MOST)
    )
    return list((await uow.session.execute(query)).all())


async def list_persons(uow: UnitOfWork, window: Window, *, after: tuple[str, UUID] | None, limit: int) -> list[Any]:
    """Each different person seen, in the order of their ids, after the one given."""
    person = tuple_(col(Entry.subject_type), col(Entry.subject_id))
    query = (
        select(
            col(Entry.subject_type),
            col(Entry.subject_id),
            func.count().label("reads"),
            func.array_agg(distinct(col(Entry.actor_id))).label("actors"),
            func.min(col(Entry.happened_at)).label("first_at"),
            func.max(col(Entry.happened_at)).label("last_at"),
        )
        .where(*window.of_persons())
        .group_by(col(Entry.subject_type), col(Entry.subject_id))
        .order_by(col(Entry.subject_type), col(Entry.subject_id))
        .limit(limit)
    )
    if after is not None:
        query = query.where(person > after)
    return list((await uow.session.execute(query)).all())
