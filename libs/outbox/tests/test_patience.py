"""Whose fault it is that something took too long."""

import asyncio
import random
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.database.engine import create_engine
from libs.outbox.patience import Patience
from libs.testing.proxy import FaultProxy, fault_proxy

pytestmark = [pytest.mark.fault]


def through(url: str, proxy: FaultProxy) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}"))


@pytest.fixture
async def proxy(sample_url: str) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(urlsplit(sample_url).port or 5432) as standing:
        yield standing


@pytest.fixture
async def engine(sample_url: str, proxy: FaultProxy) -> AsyncIterator[AsyncEngine]:
    made = create_engine(through(sample_url, proxy), application_name="patience", pool_size=1, silent_after_s=0.5)
    yield made
    await made.dispose()


async def test_a_database_that_falls_silent_is_waited_for(engine: AsyncEngine, proxy: FaultProxy) -> None:
    """Given a server that keeps its connections and says nothing, when it speaks again, then the work is done."""
    patience = Patience(engine, random.Random(1))

    async def act() -> int:
        async with engine.connect() as connection:
            return int((await connection.execute(text("select 7"))).scalar_one())

    assert await patience.through(act) == 7
    proxy.stall()
    acting = asyncio.create_task(patience.through(act))
    async with asyncio.timeout(30):
        while not patience.away_for_s:  # noqa: ASYNC110 - what patience knows is asked, not told
            await asyncio.sleep(0.05)
        proxy.pass_all()
        assert await acting == 7
    assert patience.away_for_s == 0


async def test_what_is_slow_by_itself_is_not_the_database_s_fault(engine: AsyncEngine) -> None:
    async def act() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await Patience(engine, random.Random(1)).through(act)
