"""Another system hears events by the example it is given: late, through kills of itself and the broker, past a loss.

The example runs as it is handed out, against the account, queue and client that the operator's command makes.
"""

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import aio_pika
import httpx
import pytest
from aio_pika.abc import AbstractChannel

from infra.demo.client import Refusal
from infra.local.layout import ROOT
from infra.local.servers import VHOST, rabbitmq
from libs.access.permissions import Permission
from libs.access.telling import kinds_of
from libs.broker.channel import BrokerRefused
from libs.broker.subscribers import queue_states, subscriber_queue
from libs.broker.topology import EVENTS

pytestmark = [pytest.mark.e2e, pytest.mark.fault, pytest.mark.timeout(300)]

SYSTEM = "payroll"
QUEUE = subscriber_queue(SYSTEM)
EXAMPLE = ROOT / "infra" / "subscriber_example" / "subscriber.py"
PACE_S = 0.1
"""A person's pace, well within what the gateway takes of one caller."""
Row = tuple[str, int, str]


def operator(system: Any, *arguments: str) -> str:
    """What an operator does, as `make subscriber` does it."""
    run = subprocess.run(
        [sys.executable, "-m", "infra.subscribers", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMS_PORT_BASE": str(system.layout.base), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


class Payroll:
    """The other system: the example as a process, and what it has kept."""

    def __init__(self, handover: Path, folder: Path) -> None:
        self.told: dict[str, Any] = json.loads(handover.read_text())
        self._handover = handover
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._handover.open("rb") as told, (self._folder / "payroll.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(EXAMPLE)], cwd=self._folder, stdin=told, stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        return (self._folder / "payroll.log").read_text()[-2000:]

    def heard(self) -> list[Row]:
        """Record, number and id of every event, in the order in which they were acted on."""
        path = self._folder / "heard.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as kept:
            try:
                return kept.execute("select subject, number, id from seen order by rowid").fetchall()
            except sqlite3.OperationalError:  # it has not made its table yet
                return []


class Log:
    """Everything there is to hear of the area, as the gateway's own client reads it from the whole log."""

    def __init__(self, system: Any) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": system.secrets.gateway_client_id,
            "client_secret": system.secrets.gateway_client_secret,
        }
        api = f"{system.gateway}/api/v1"
        token = httpx.post(f"{api}/auth/token", data=form, timeout=30).raise_for_status().json()["access_token"]
        self._feed = f"{api}/events/feed"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._query = {"limit": "500", "types": ",".join(kinds_of([Permission.EVENTS_COURSES]))}
        self.said: set[Row] = set()

    def read_on(self) -> set[Row]:
        """All that has been said until now. An event shows here once no older transaction is open any more."""
        while True:
            page = (
                httpx.get(self._feed, params=self._query, headers=self._headers, timeout=30).raise_for_status().json()
            )
            assert all(source["ok"] for source in page["sources"])
            self.said |= {(event["subject"], event["aggseq"], event["id"]) for event in page["events"]}
            self._query["cursor"] = page["next_cursor"]
            if page["caught_up"]:
                return self.said


def until_all_is_heard(system: Any, payroll: Payroll) -> None:
    """Then nothing is missing, nothing came twice, and each record's events came in their order."""
    log = Log(system)
    until(lambda: set(payroll.heard()) == log.read_on(), what="all that was said", within_s=90, log=payroll.log)
    heard = payroll.heard()
    assert len(heard) == len(set(heard)) == len({event_id for _, _, event_id in heard})
    numbers: dict[str, list[int]] = defaultdict(list)
    for subject, number, _ in heard:
        numbers[subject].append(number)
    assert {subject: given for subject, given in numbers.items() if given != list(range(1, len(given) + 1))} == {}


def until(
    condition: Callable[[], Any], *, what: str, within_s: float = 60, log: Callable[[], str] = lambda: ""
) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} never came\n{log()}"
        time.sleep(0.1)


class Writer(threading.Thread):
    """Somebody at work: makes rooms and renames them, until told to stop. A room is one record with many events."""

    def __init__(self, system: Any) -> None:
        super().__init__(daemon=True)
        self._api = system.signed_in("ops")
        self._enough = threading.Event()
        self.written = 0
        self.failed: Exception | None = None

    def run(self) -> None:
        try:
            while not self._enough.is_set():
                self.write_room(edits=4)
        except Exception as error:  # noqa: BLE001 - told to the test
            self.failed = error

    def write_room(self, *, edits: int) -> str:
        room = self._api.post("/venues", {"name": "Demo Room (synthetic)", "capacity": 1})
        path = f"/venues/{room['id']}"
        for number in range(edits):
            self.rename(path, number)
        self.written += 1 + edits
        return path

    def rename(self, path: str, number: int) -> None:
        self._enough.wait(PACE_S)
        self._api.patch(path, {"capacity": 10 + number}, etag=self._api.etag(path))

    def stop(self) -> None:
        self._enough.set()
        self.join(60)
        assert self.failed is None, self.failed


@contextmanager
def writing(system: Any) -> Iterator[Writer]:
    writer = Writer(system)
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()


@pytest.fixture
def payroll(system: Any, tmp_path: Path) -> Iterator[Payroll]:
    """Let hear of courses, and not yet started. Much has been said before."""
    system.needs_this_machine("a broker whose accounts `make subscriber` keeps")
    Writer(system).write_room(edits=5)
    operator(system, "add", SYSTEM, "--areas", "courses")
    payroll = Payroll(system.layout.run / "subscribers" / f"{SYSTEM}.json", tmp_path)
    yield payroll
    payroll.kill()
    operator(system, "remove", SYSTEM)


def test_it_hears_all_that_was_ever_said_once_and_in_order_whatever_is_killed(system: Any, payroll: Payroll) -> None:
    """
    Given a system with a history, and a subscriber that starts late,
    when it and then the broker are killed while people work, and it was away while more was said,
    then it has heard everything from the very beginning, once, in order within each record.
    """
    Writer(system).write_room(edits=5)
    payroll.start()
    until_all_is_heard(system, payroll)
    until_it_listens(system, payroll)

    with writing(system) as writer:
        heard = len(payroll.heard())
        until(lambda: len(payroll.heard()) > heard + 10, what="live events", log=payroll.log)

        payroll.kill()
        until_more_is_written(writer)
        payroll.start()
        until_it_listens(system, payroll)

        broker = system.processes.life("rabbitmq")
        system.processes.kill("rabbitmq")
        until_more_is_written(writer)
        until(lambda: system.processes.life("rabbitmq") not in (None, broker), what="the broker")
        until_it_listens(system, payroll)
        heard = len(payroll.heard())
        until(lambda: len(payroll.heard()) > heard + 10, what="live events again", log=payroll.log)
        assert payroll.alive
    until_all_is_heard(system, payroll)


def until_more_is_written(writer: Writer) -> None:
    before = writer.written
    until(lambda: writer.written > before + 10, what="more work")


def until_it_listens(system: Any, payroll: Payroll) -> None:
    """Until it has left the feed and reads its queue."""
    until(lambda: asyncio.run(readers(broker_url(system))) == 1, what="its reading", within_s=90, log=payroll.log)


async def readers(url: str) -> int:
    try:
        state = (await queue_states(url, [SYSTEM]))[SYSTEM]
    except BrokerRefused:
        return -1
    return -1 if state is None else state.readers


def test_what_its_queue_has_lost_comes_from_the_feed_and_in_order(system: Any, payroll: Payroll) -> None:
    """Given a subscriber that hears live, when its queue misses an event, then it hears that before the next one."""
    payroll.start()
    until_all_is_heard(system, payroll)
    writer = Writer(system)
    path = writer.write_room(edits=1)
    until_all_is_heard(system, payroll)

    until_it_listens(system, payroll)
    asyncio.run(unheard(broker_url(system), lambda: writer.rename(path, 20)))
    writer.rename(path, 21)

    until_all_is_heard(system, payroll)
    room = [number for subject, number, _ in payroll.heard() if subject == f"venue/{path.rpartition('/')[2]}"]
    assert room == [1, 2, 3, 4]
    assert payroll.alive


def broker_url(system: Any) -> str:
    return rabbitmq(system.layout, system.secrets).url("tms_admin", vhost=VHOST)


async def unheard(url: str, act: Callable[[], None]) -> None:
    """Do something of which the subscriber's queue gets nothing, though the broker has it."""
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        channel: AbstractChannel = await connection.channel()
        queue = await channel.get_queue(QUEUE, ensure=False)
        witness = await channel.declare_queue(exclusive=True)
        await witness.bind(EVENTS, routing_key="venue.#")
        await queue.unbind(EVENTS, routing_key="venue.#")
        await asyncio.to_thread(act)
        async with asyncio.timeout(30):
            while await witness.get(fail=False) is None:  # noqa: ASYNC110 - the relay publishes when it does
                await asyncio.sleep(0.05)
        await queue.bind(EVENTS, routing_key="venue.#")


def test_the_operator_s_commands_are_harmless_to_repeat_and_their_end_is_one(system: Any, payroll: Payroll) -> None:
    """
    Given a subscriber, when it is let hear again, then its secrets stay; with new ones asked for, the old ones end;
    and once it is removed neither the broker nor auth knows it, however often that is asked.
    """
    handover = system.layout.run / "subscribers" / f"{SYSTEM}.json"
    assert stat.S_IMODE(handover.stat().st_mode) == 0o600
    operator(system, "add", SYSTEM)
    again = json.loads(handover.read_text())
    assert again == payroll.told
    assert token_of(again).status_code == 200
    assert f"{SYSTEM}   courses" in operator(system, "list")

    operator(system, "add", SYSTEM, "--areas", "sync", "--new-secrets")
    anew = json.loads(handover.read_text())
    assert (token_of(again).status_code, token_of(anew).status_code) == (401, 200)
    assert token_of(anew).json()["scope"] == "events:subscribe events:sync"
    assert not asyncio.run(may_enter(again["amqp_url"]))
    assert asyncio.run(may_enter(anew["amqp_url"]))

    for _ in range(2):
        operator(system, "remove", SYSTEM)
    assert token_of(anew).status_code == 401
    assert not asyncio.run(may_enter(anew["amqp_url"]))
    assert "No other system" in operator(system, "list")
    assert not handover.exists()


def token_of(told: dict[str, Any]) -> httpx.Response:
    return httpx.post(told["token_url"], data=told["client"], timeout=10)


async def may_enter(url: str) -> bool:
    try:
        connection = await aio_pika.connect(url, timeout=10)
    except (aio_pika.exceptions.AMQPError, OSError):
        return False
    await connection.close()
    return True


def test_its_client_opens_the_feed_of_its_areas_and_no_other_door(system: Any, payroll: Payroll) -> None:
    token = token_of(payroll.told).json()["access_token"]
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        page = client.get(payroll.told["feed"]).raise_for_status().json()
        assert {event["aggtype"] for event in page["events"]} <= set(kinds_of([Permission.EVENTS_COURSES]))
        closed = ("/events", "/venues", "/course-runs", "/enrolments", "/audit/entries", "/auth/users", "/dead-letters")
        for path in closed:
            assert client.get(f"{system.gateway}/api/v1{path}").status_code == 403, path
        for types in ("user", "enrolment", "venue,sync"):
            assert client.get(payroll.told["feed"], params={"types": types}).status_code == 403, types


def test_a_subscriber_is_refused_before_anything_is_made(system: Any) -> None:
    for wrong in (["add", "Pay Roll"], ["add", "crm", "--areas", "users"]):
        with pytest.raises(AssertionError, match=r"letter first|no such area"):
            operator(system, *wrong)
    admin = system.signed_in("admin")
    assert "tms_ext_crm" not in {client["name"] for client in admin.all("/auth/clients")}
    with pytest.raises(Refusal):
        system.signed_in("ops").get("/auth/clients")
