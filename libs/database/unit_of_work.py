"""One transaction with one owner: what was loaded, changed and emitted commits together or not at all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlmodel import SQLModel

from libs.contracts.event import Event
from libs.errors import NotFound
from libs.sources import Clock, Ids
from libs.telemetry.context import Context, entered, find_current
from libs.telemetry.tracing import inject

R = TypeVar("R", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where an event comes from; `carrier` holds its `traceparent`, if a trace was open."""

    context: Context | None
    carrier: Mapping[str, str]


class UnitOfWork:
    """What a command works with. It never commits: `UnitsOfWork.begin` does, once, at the end.

    `emit` only remembers the event; the events are written to the outbox as the last step before the commit, so the
    per-aggregate sequence is locked for the shortest time and always in the same order.
    """

    def __init__(self, session: AsyncSession, *, clock: Clock, ids: Ids) -> None:
        self.session = session
        self.emitted: list[Event] = []
        self.lineages: list[Lineage] = []
        self.causation_id: UUID | None = None
        self.told_at: datetime | None = None
        """When the event that is being handled happened; None outside a handler."""
        self._clock = clock
        self._ids = ids

    def now(self) -> datetime:
        return self._clock.now()

    def new_id(self) -> UUID:
        return self._ids.new()

    async def find(self, record: type[R], key: Any, *, for_update: bool = False) -> R | None:
        """The record with this primary key, locked until the end when `for_update`."""
        return await self.session.get(record, key, with_for_update=for_update or None, populate_existing=for_update)

    async def get(self, record: type[R], key: Any, *, for_update: bool = False) -> R:
        """Like `find`, but raises NotFound."""
        found = await self.find(record, key, for_update=for_update)
        if found is None:
            raise NotFound(record.__name__.lower(), key)
        return found

    def add(self, record: SQLModel) -> None:
        self.session.add(record)

    def emit(self, event: Event) -> None:
        """Tell this fact to others if, and only if, the transaction commits.

        Its lineage is the journey and trace of this moment: one unit may finish the work of several.
        """
        carrier: dict[str, str] = {}
        inject(carrier)
        self.emitted.append(event)
        self.lineages.append(Lineage(find_current(), carrier))

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Write what the block does; when it raises, undo that alone, the events it emitted included, and raise on.

        The unit can go on afterwards. Records that the block changed must be read again before they are looked at.
        """
        told = len(self.emitted)
        try:
            async with self.session.begin_nested():
                yield
                await self.session.flush()
        except BaseException:
            del self.emitted[told:], self.lineages[told:]
            raise


Append = Callable[[UnitOfWork, Sequence[Event]], Awaitable[None]]
"""Writes events to the outbox inside the unit's transaction."""


class UnitsOfWork:
    """Makes units of work for one service. `on_committed` runs after a commit that emitted something."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        clock: Clock,
        ids: Ids,
        append: Append | None = None,
        on_committed: Callable[[], None] | None = None,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.ids = ids
        self._append = append
        self._on_committed = on_committed

    def wake_with(self, callback: Callable[[], None]) -> None:
        """Call `callback` after every commit that emitted something (the relay's wake-up)."""
        self._on_committed = callback

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """A unit that commits when the block ends and rolls back when it raises.

        One begun outside every journey, as a worker's own duties are, begins a journey of the system's own.
        """
        with entered(find_current() or Context(correlation_id=self.ids.new())):
            async with AsyncSession(self.engine, expire_on_commit=False, autoflush=True) as session:
                unit = UnitOfWork(session, clock=self.clock, ids=self.ids)
                yield unit
                await self.complete(unit)

    async def complete(self, unit: UnitOfWork) -> None:
        """Flush, write the emitted events to the outbox, commit. For owners that cannot use `begin`."""
        await unit.session.flush()
        if unit.emitted:
            if self._append is None:
                message = "this unit of work has no outbox, yet something was emitted"
                raise RuntimeError(message)
            await self._append(unit, unit.emitted)
        await unit.session.commit()
        if unit.emitted and self._on_committed is not None:
            self._on_committed()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A unit for questions: always rolled back, so a query can change nothing."""
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield UnitOfWork(session, clock=self.clock, ids=self.ids)
