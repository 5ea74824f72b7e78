"""A simulated gateway in process, at a frozen moment, and a driver that speaks to it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.samples import MONDAY, synthetic_seed
from infra.tpg_simulator.world import World


@pytest.fixture
def world() -> World:
    world = World(synthetic_seed())
    world.clock.set(MONDAY, frozen=True)
    return world


@pytest.fixture
def simulator(world: World) -> Simulator:
    return Simulator(world)


@pytest_asyncio.fixture
async def gateway(simulator: Simulator) -> AsyncIterator[Driver]:
    transport = httpx.ASGITransport(simulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8190") as http:
        yield Driver(http, simulator.world)
