"""A sample service on real servers, in processes that tests may kill."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.sources import SystemClock, TimeOrderedIds
from libs.testing.databases import MakeDatabase
from libs.testing.sample.process import SampleDatabase, SampleProcess
from libs.testing.sample.service import sample

StartSample = Callable[..., SampleProcess]
QUICK = {
    "TMS_RETRY_CEILINGS": '["PT0.1S", "PT0.2S", "PT0.3S"]',
    "TMS_RETRY_LEASE": "PT1S",
    "TMS_GAP_WAIT": "PT0.3S",
    "TMS_OUTBOX_POLL": "PT0.1S",
}
"""Pauses that would make tests wait; the defaults are for people."""


@pytest.fixture
async def sample_url(service_database: MakeDatabase) -> str:
    return await service_database(sample)


@pytest.fixture
def database(sample_url: str) -> SampleDatabase:
    return SampleDatabase(sample_url)


@pytest.fixture
async def units(sample_url: str) -> AsyncIterator[UnitsOfWork]:
    """Business transactions of an API process: they only commit; the workers do the rest."""
    engine = create_engine(sample_url, application_name="writer", pool_size=8)
    yield UnitsOfWork(engine, clock=SystemClock(), ids=TimeOrderedIds(), append=outbox_append("sample", "sample"))
    await engine.dispose()


@pytest.fixture
def start_sample(sample_url: str, amqp_url: str, tmp_path: Path) -> Iterator[StartSample]:
    """Starts worker processes; whatever still runs at the end is stopped."""
    started: list[SampleProcess] = []

    def start(*, amqp: str | None = None, **environment: str) -> SampleProcess:
        process = SampleProcess(
            database_url=sample_url,
            amqp_url=amqp or amqp_url,
            log=tmp_path / f"sample-{len(started)}.log",
            environment=QUICK,
        )
        started.append(process)
        return process.start(**environment)

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def aggregates() -> list[UUID]:
    return [uuid4() for _ in range(20)]
