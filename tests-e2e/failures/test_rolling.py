"""A release that takes over while people work: every process is replaced, and none of them sees it."""

import asyncio
from collections import Counter
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from infra.chaos.diary import Diary
from infra.chaos.insisting import Insistent
from infra.demo.journey import wait_until_synced
from infra.local.environment import email_of
from infra.local.rolling import Rolling
from infra.local.supervisor import Supervisor

pytestmark = [pytest.mark.e2e, pytest.mark.fault, pytest.mark.timeout(600)]

WORKERS = 3
VENUE = {"floor": "02", "unit": "11", "postal_code": "408533", "room": "2A", "wheelchair_access": True, "capacity": 24}


def test_every_process_is_replaced_and_no_request_fails(system: Any) -> None:
    """Given people who read and write all the while, and a run on its way to TPGateway, when all is replaced, then each
    request was answered or told when to come back, each venue stands once, and so does the run."""
    system.needs_this_machine("its own supervisor")
    before = system.simulator.get("/counts").json()["runs_created"]
    journey = system.walk(until="publish")
    supervisor = system.clients.enter_context(closing(Supervisor(system.layout)))
    diary, gateway = Diary(), supervisor.state("gateway").pid
    rolling = Rolling(system.layout, system.secrets, supervisor)
    asked, there = asyncio.run(work_while_replacing(system, diary, rolling))
    wait_until_synced(journey)

    assert diary.tally.wrong == Counter()
    assert {name: there[name] for name in asked} == dict.fromkeys(asked, 1)
    assert len(asked) > len(rolling.order), "hardly anybody worked"
    assert supervisor.state("gateway").pid == gateway, "the gateway ended instead of handing over"
    assert system.simulator.get("/counts").json()["runs_created"] == before + 1
    assert system.simulator.get("/checks/equal-runs").json()["surplus"] == 0


async def work_while_replacing(system: Any, diary: Diary, rolling: Rolling) -> tuple[list[str], Counter[str]]:
    """What venues were asked for meanwhile, and how often each name is there in the end."""
    ops = Insistent(system.gateway, (email_of("ops"), system.secrets.people["ops"]), diary)
    asked: list[str] = []
    stop = asyncio.Event()
    workers = [asyncio.create_task(work_on(ops, asked, stop)) for _ in range(WORKERS)]
    try:
        await rolling.expand()
        for name in rolling.order:
            diary.tally.step = name
            await asyncio.to_thread(rolling.replace, name)
    finally:
        stop.set()
        await asyncio.gather(*workers)
    there = Counter(str(venue["name"]) for venue in await ops.all("/venues"))
    await ops.close()
    return asked, there


async def work_on(ops: Insistent, asked: list[str], stop: asyncio.Event) -> None:
    """One who enters venues, looks at each, and at the runs."""
    while not stop.is_set():
        name = f"Rolled {uuid4()} (synthetic)"
        asked.append(name)
        venue = await ops.post("/venues", {"name": name, **VENUE})
        assert (await ops.get(f"/venues/{venue['id']}"))["name"] == name
        await ops.get("/course-runs", limit=5)
        await asyncio.sleep(0.1)
