"""The desk every test of the engine works at."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.running import run_simulator
from infra.tpg_simulator.samples import KEY, synthetic_seed
from infra.tpg_simulator.world import World
from libs.testing.clock import TestClock
from libs.testing.stage import MakeStage
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.tests.desk import Desk, Owner
from services.tpg_sync.tests.samples import UEN


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def gateway(clock: TestClock) -> World:
    """The simulator's state; its clock follows the test's."""
    world = World(synthetic_seed())
    world.clock.set(clock.now(), frozen=True)
    return world


@pytest.fixture
def gateway_url(gateway: World) -> Iterator[str]:
    with run_simulator(Simulator(gateway)) as url:
        yield url


@pytest.fixture
def knobs() -> dict[str, Any]:
    """Settings a test module may override."""
    return {}


@pytest.fixture
async def desk(
    stage: MakeStage, clock: TestClock, gateway: World, gateway_url: str, knobs: dict[str, Any]
) -> AsyncIterator[Desk]:
    owner = Owner()
    async with owner.serving() as owners:
        settings: dict[str, Any] = {
            "tpg_base_url": gateway_url,
            "tpg_encryption_key": SecretStr(KEY),
            "tpg_uen": UEN,
            "tpg_corppass_id": "SYNTHETIC",
            "tpg_rate_per_s": 1000.0,
            "tpg_burst": 1000.0,
            "tpg_total_timeout": timedelta(seconds=2),
            **knobs,
        }
        peers = dict.fromkeys(("course", "enrolment", "attendance", "assessment"), owners)
        made = await stage(tpg_sync, clock=clock, peers=peers, **settings)
        at = Desk(made, owner, gateway)
        async with at.client, at.owners:
            yield at
