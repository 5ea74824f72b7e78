"""A savepoint of a unit: what fails in it is undone alone, what it emitted included."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.outbox.append import outbox_append
from libs.sources import SystemClock, TimeOrderedIds
from libs.testing.databases import MakeDatabase
from libs.testing.sample.events import SampleTicked
from libs.testing.sample.service import EFFECT, sample


class Failed(Exception):
    """The test's own."""


@pytest.fixture
async def units(service_database: MakeDatabase) -> AsyncIterator[UnitsOfWork]:
    engine = create_engine(await service_database(sample), application_name="test")
    yield UnitsOfWork(engine, clock=SystemClock(), ids=TimeOrderedIds(), append=outbox_append("sample", "sample"))
    await engine.dispose()


async def do(uow: UnitOfWork, sample_id: UUID, number: int) -> None:
    """A row and the event that tells of it."""
    words = {"event_id": uow.new_id(), "sample_id": sample_id, "number": number}
    await uow.session.execute(EFFECT, words)
    uow.emit(SampleTicked(sample_id=sample_id, number=number))


async def numbers(units: UnitsOfWork) -> tuple[list[int], list[int]]:
    """What stands in the table, and what was told."""
    async with units.reading() as uow:
        rows = await uow.session.execute(text("select number from sample.effect order by number"))
        told = await uow.session.execute(
            text("select (body::json -> 'data' ->> 'number')::int from sample.event order by pos")
        )
        return list(rows.scalars()), list(told.scalars())


async def fail(uow: UnitOfWork, sample_id: UUID, *within: int, number: int) -> None:
    """A savepoint that raises at its end, after `within` were done in savepoints of their own."""
    async with uow.savepoint():
        for each in within:
            async with uow.savepoint():
                await do(uow, sample_id, each)
        await do(uow, sample_id, number)
        raise Failed


async def test_what_fails_in_a_savepoint_is_undone_alone(units: UnitsOfWork) -> None:
    sample_id = uuid4()
    async with units.begin() as uow:
        await do(uow, sample_id, 1)
        with pytest.raises(Failed):
            await fail(uow, sample_id, number=2)
        async with uow.savepoint():
            await do(uow, sample_id, 3)

    assert await numbers(units) == ([1, 3], [1, 3])


async def test_a_savepoint_within_one_that_fails_goes_with_it(units: UnitsOfWork) -> None:
    sample_id = uuid4()
    async with units.begin() as uow:
        with pytest.raises(Failed):
            await fail(uow, sample_id, 1, 2, number=3)
        await do(uow, sample_id, 4)

    assert await numbers(units) == ([4], [4])


async def test_what_a_savepoint_did_stands_and_falls_with_the_unit(units: UnitsOfWork) -> None:
    async def fail_at_the_end() -> None:
        async with units.begin() as uow:
            async with uow.savepoint():
                await do(uow, uuid4(), 1)
            raise Failed

    with pytest.raises(Failed):
        await fail_at_the_end()

    assert await numbers(units) == ([], [])
