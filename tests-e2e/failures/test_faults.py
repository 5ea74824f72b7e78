"""The journey under faults: a lost reply, killed processes, a TPGateway that is away. Nothing is lost or sent twice."""

import time
from typing import Any

import httpx
import pytest

from infra.demo.client import Refusal
from infra.demo.journey import wait_until_synced

pytestmark = [pytest.mark.e2e, pytest.mark.fault, pytest.mark.timeout(300)]


def created_at_tpgateway(system: Any) -> int:
    return int(system.simulator.get("/counts").json()["runs_created"])


def surplus(system: Any) -> int:
    return int(system.simulator.get("/checks/equal-runs").json()["surplus"])


def test_a_create_whose_reply_is_lost_is_never_sent_twice(system: Any) -> None:
    """Given a TPGateway that stores the run and then hangs, when the call ends without a reply, then one run stands."""
    before = created_at_tpgateway(system)
    system.simulator.post("/faults", json={"kind": "hang_after", "operation": "C1", "times": 1, "delay_s": 1})
    journey = system.walk(until="publish")
    wait_until_synced(journey)
    assert created_at_tpgateway(system) == before + 1
    assert surplus(system) == 0


@pytest.mark.parametrize("victim", ["course", "tpg_sync", "simulator", "gateway"])
def test_a_killed_process_comes_back_and_the_run_is_synced_once(system: Any, victim: str) -> None:
    before = created_at_tpgateway(system)
    journey = system.walk(until="publish")
    life = system.processes.life(victim)
    system.processes.kill(victim)
    wait_until_synced_through_restarts(journey)
    assert system.processes.life(victim) != life
    assert created_at_tpgateway(system) == before + 1
    assert surplus(system) == 0


def test_an_outage_of_tpgateway_costs_nothing(system: Any) -> None:
    system.simulator.put("/outage", json={"on": True, "how": "drop"})
    journey = system.walk(until="publish")
    system.simulator.put("/outage", json={"on": False})
    wait_until_synced(journey)
    assert surplus(system) == 0


def wait_until_synced_through_restarts(journey: Any) -> None:
    """The gateway answers 503 while a service is coming back, and nothing at all while it is itself."""
    deadline = time.monotonic() + 120
    while True:
        try:
            wait_until_synced(journey)
        except (Refusal, httpx.HTTPError) as away:
            if isinstance(away, Refusal) and away.status not in (502, 503, 504):
                raise
            assert time.monotonic() < deadline, "the journey never came back"
            time.sleep(0.1)
        else:
            return
