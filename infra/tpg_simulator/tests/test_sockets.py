"""Real sockets and real processes: cut connections, mutual TLS, a kill and a quick stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.cipher import PayloadCipher, read_key
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.running import run_simulator
from infra.tpg_simulator.samples import (
    COURSE,
    KEY,
    OWN,
    synthetic_enrolment,
    synthetic_run,
)

FOLDER = Path(__file__).parents[3]
PUBLISH = "/courses/courseRuns/publish"


def sealed(run: Json) -> str:
    root = {"courseReferenceNumber": COURSE, "trainingProvider": {"uen": OWN}, "runs": [run]}
    return PayloadCipher(read_key(KEY)).encrypt(json.dumps({"course": root}))


def enrolment(run_id: int) -> Json:
    return {"enrolment": synthetic_enrolment(run_id)}


@pytest.fixture
def url(simulator: Simulator) -> Iterator[str]:
    with run_simulator(simulator) as url:
        yield url


@pytest.mark.parametrize("kind", ["drop_after", "hang_after"])
def test_a_connection_cut_after_storing_leaves_one_run_and_no_reply(url: str, kind: str) -> None:
    with httpx.Client(base_url=url) as http:
        http.post("/_control/faults", json={"kind": kind, "operation": "C1", "times": 1, "delay_s": 0.05})
        with pytest.raises(httpx.TransportError) as lost:
            http.post(PUBLISH, content=sealed(synthetic_run()))
        listed = http.get("/courses/courseRuns/reference", params={"courseReferenceNumber": COURSE})
        again = http.post(PUBLISH, content=sealed(synthetic_run()))
        counts = http.get("/_control/counts").json()
    assert isinstance(lost.value, httpx.RemoteProtocolError | httpx.ReadError)
    assert listed.json()["meta"] == {"total": 1}
    assert again.status_code == 400
    assert (counts["runs_created"], counts["dropped.C1"]) == (1, 1)


def test_a_caller_who_gives_up_frees_a_hanging_call(url: str) -> None:
    with httpx.Client(base_url=url) as http:
        http.post("/_control/faults", json={"kind": "hang_after", "times": 1, "delay_s": 3600})
        with pytest.raises(httpx.ReadTimeout):
            http.post(PUBLISH, content=sealed(synthetic_run()), timeout=0.3)
        entry = poll(lambda: http.get("/_control/journal", params={"operation": "C1"}).json())[0]
    assert (entry["status"], entry["stored"]) == (None, True)


def test_a_connection_cut_before_storing_leaves_nothing(url: str) -> None:
    with httpx.Client(base_url=url) as http:
        http.put("/_control/outage", json={"on": True, "how": "drop"})
        with pytest.raises(httpx.TransportError):
            http.post(PUBLISH, content=sealed(synthetic_run()))
        http.put("/_control/outage", json={"on": False})
        assert http.post(PUBLISH, content=sealed(synthetic_run())).status_code == 200


def poll(ask: Callable[[], list[Json]]) -> list[Json]:
    deadline = time.monotonic() + 10
    while not (found := ask()):
        assert time.monotonic() < deadline, "nothing came"
    return found


class Process:
    """The simulator as a process of its own."""

    def __init__(self, state: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "infra.tpg_simulator", "--port", str(port), "--state", str(state)]
        environment = {**os.environ, "TPG_SIMULATOR_AES_KEY": KEY}
        self.running = subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=subprocess.PIPE, text=True)
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.running.poll() is None, "the simulator stopped by itself"
            try:
                httpx.get(f"{self.url}/_control/")
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            return
        pytest.fail("the simulator did not start")

    def end(self, how: signal.Signals) -> str:
        self.running.send_signal(how)
        said, _ = self.running.communicate(timeout=10)
        return said


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


@pytest.mark.fault
def test_a_killed_simulator_comes_back_knowing_what_it_accepted_and_stops_at_once(tmp_path: Path, port: int) -> None:
    # given a run and an enrolment accepted by a simulator that is killed
    cipher = PayloadCipher(read_key(KEY))
    first = Process(tmp_path / "state.sqlite", port)
    httpx.put(f"{first.url}/_control/clock", json={"now": "2026-03-02T02:00:00Z"})
    created = httpx.post(f"{first.url}{PUBLISH}", content=sealed(synthetic_run()))
    run_id = created.json()["data"]["runs"][0]["id"]
    enrolled = httpx.post(f"{first.url}/tpg/enrolments", content=cipher.encrypt(json.dumps(enrolment(run_id))))
    first.end(signal.SIGKILL)

    # when it comes back, with a call hanging as it is asked to stop
    second = Process(tmp_path / "state.sqlite", port)
    reference = cipher.decrypt_json(enrolled.text)["data"]["enrolment"]["referenceNumber"]
    enrolment_viewed = httpx.get(f"{second.url}/tpg/enrolments/details/{reference}")
    viewed = httpx.get(f"{second.url}/courses/courseRuns/id/{run_id}")
    httpx.post(f"{second.url}/_control/faults", json={"kind": "hang_before", "delay_s": 3600})
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{second.url}/courses/courseRuns/id/{run_id}", timeout=0.3)
    asked_at = time.monotonic()
    said = second.end(signal.SIGTERM)

    # then both are there, the stop was quick, and the banner said where to find it without telling secrets
    assert viewed.status_code == 200
    assert cipher.decrypt_json(enrolment_viewed.text)["data"]["enrolment"]["status"] == "Confirmed"
    assert time.monotonic() - asked_at < 5
    assert second.url in said
    assert KEY not in said
