"""What got stuck is seen in one list and sent again; who listens hears of it without asking."""

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import aio_pika
import httpx
import pytest

from infra.demo.journey import publish_run, wait_until_synced
from infra.local.environment import amqp_url, email_of

ON_THE_LIST_WITHIN_S = 10
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


class Ear(threading.Thread):
    """Somebody who listens to the stream of events until it ends, and writes down what was said of one record."""

    def __init__(self, gateway: str, token: str) -> None:
        super().__init__(daemon=True)
        self._gateway = gateway
        self._headers = {"Authorization": f"Bearer {token}"}
        self._loop = asyncio.new_event_loop()
        self._listening: asyncio.Task[None] | None = None
        self.opened = threading.Event()
        self.heard: list[dict[str, Any]] = []

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner, suppress(asyncio.CancelledError):
            runner.run(self._listen())

    async def _listen(self) -> None:
        self._listening = asyncio.current_task()
        timeout = httpx.Timeout(10, read=30)
        async with (
            httpx.AsyncClient(base_url=self._gateway, headers=self._headers, timeout=timeout) as client,
            client.stream("GET", "/api/v1/events") as response,
        ):
            async for line in response.aiter_lines():
                self.opened.set()
                if line.startswith("data: "):
                    self.heard.append(json.loads(line.removeprefix("data: ")))

    def stop(self) -> None:
        if self._listening is not None and self.is_alive():
            self._loop.call_soon_threadsafe(self._listening.cancel)
        self.join(10)

    def types_of(self, record: str) -> list[str]:
        return [told["type"] for told in self.heard if told.get("aggid") == record]


@contextmanager
def listening(system: Any, person: str) -> Iterator[Ear]:
    api = system.signed_in(person)
    ear = Ear(system.gateway, api.sign_in(email_of(person), system.secrets.people[person]))
    ear.start()
    try:
        assert ear.opened.wait(15), "the stream did not open"
        yield ear
    finally:
        ear.stop()


def until(condition: Callable[[], Any], *, what: str, within_s: float = 60) -> Any:
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.1)
    return found


def test_a_refused_submission_is_seen_with_its_reason_and_sent_again(system: Any) -> None:
    """
    Given a TPGateway that refuses the next run,
    when the run is published,
    then whoever listens hears of it, operators find it among the dead letters with its reason, and replay it;
    and nobody without leave sees any of it.
    """
    with listening(system, "ops") as ops_ear, listening(system, "finance") as finance_ear:
        journey = system.walk(until="a draft with four sessions")
        fault = {"kind": "error_before", "operation": "C1", "status": 400, "times": 1}
        system.simulator.post("/faults", json=fault).raise_for_status()
        publish_run(journey)
        run_id = str(journey.run_id)
        until(lambda: "run.published.v1" in ops_ear.types_of(run_id), what="word of the publication")
        until(lambda: "run.published.v1" in finance_ear.types_of(run_id), what="word of it for finance")

        ops = system.signed_in("ops")
        letter = until(lambda: stuck(ops, run_id), what="the dead letter")
        assert (letter["service"], letter["kind"], letter["job_state"]) == ("tpg-sync", "sync", "rejected")
        assert letter["reason"]
        assert letter["actions"] == ["replay"]
        groups = ops.get("/dead-letters/groups")["items"]
        assert letter["fingerprint"] in {group["fingerprint"] for group in groups}
        assert ops.get(f"/dead-letters/{letter['id']}")["calls"]

        admin = system.signed_in("admin")
        assert all(source["ok"] for source in admin.get("/dead-letters")["sources"])

        wish = {"ids": [letter["id"]], "reason": "TPGateway was mended (synthetic)"}
        assert ops.post("/dead-letters/replay", {**wish, "dry_run": True})["count"] == 1
        assert ops.post("/dead-letters/replay", wish)["count"] == 1
        wait_until_synced(journey)
        assert stuck(ops, run_id) is None
        until(lambda: "run.sync_recorded.v1" in ops_ear.types_of(run_id), what="word that it has arrived")
        assert not [told for told in finance_ear.heard if told.get("aggtype") == "sync"]


HEAR_OF_RUNS = {"assessment", "attendance", "audit", "enrolment", "tpg-sync"}


def test_what_is_no_event_is_on_the_one_list_within_ten_seconds_until_it_is_given_up(system: Any) -> None:
    """
    Given bytes on the wire that are no event,
    when every service that hears of runs has refused them,
    then operators find them on the one list with the reason in words, and give up what they saw, which is on record.
    """
    asyncio.run(publish_bytes(system, secrets.token_bytes(64)))
    sre = system.signed_in("sre")

    def refused() -> Any:
        page = sre.get("/dead-letters", kind="broker", standing="dead")
        return page if {item["service"] for item in page["items"]} >= HEAR_OF_RUNS else None

    page = until(refused, what="the dead letters of all five", within_s=ON_THE_LIST_WITHIN_S)
    assert {item["words"] for item in page["items"]} == {"The bytes are no event of ours: the body is not JSON."}
    assert {tuple(item["actions"]) for item in page["items"]} == {("discard",)}

    fingerprint = page["items"][0]["fingerprint"]
    wish = {"fingerprint": fingerprint, "until": page["as_of"], "reason": "synthetic noise"}
    assert sre.post("/dead-letters/discard", {**wish, "dry_run": True})["count"] == len(HEAR_OF_RUNS)
    assert sre.post("/dead-letters/discard", wish)["count"] == len(HEAR_OF_RUNS)
    assert sre.get("/dead-letters", kind="broker")["items"] == []

    def recorded() -> bool:
        found = system.signed_in("auditor").get(
            "/audit/entries",
            action="operation.dead_letters_discarded",
            correlation_id=str(sre.correlation_id),
            limit=50,
        )["items"]
        return {entry["service"] for entry in found} == HEAR_OF_RUNS

    until(recorded, what="every service's word of it in the audit log")


async def publish_bytes(system: Any, body: bytes) -> None:
    """As course, which may say anything about runs, could by a mistake."""
    async with await aio_pika.connect(amqp_url(system.layout, system.secrets, "course")) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("tms.events", ensure=False)
        await exchange.publish(aio_pika.Message(body), routing_key="run.noise.v1")


def stuck(api: Any, record_id: str) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = api.get("/dead-letters", aggid=record_id)["items"]
    return found[0] if found else None


def test_another_system_pages_through_everything_that_was_said(system: Any) -> None:
    """Given the gateway's own client, which has the scope, when it reads the feed twice, then nothing comes twice."""
    form = {
        "grant_type": "client_credentials",
        "client_id": system.secrets.gateway_client_id,
        "client_secret": system.secrets.gateway_client_secret,
    }
    with httpx.Client(base_url=f"{system.gateway}/api/v1", timeout=30) as client:
        token = client.post("/auth/token", data=form).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        start = client.get("/events/feed", params={"at_head": "true"}).raise_for_status().json()
        journey = system.walk(until="publish")
        wait_until_synced(journey)
        cursor, seen = start["next_cursor"], []
        while True:
            page = client.get("/events/feed", params={"cursor": cursor, "limit": 50}).raise_for_status().json()
            seen += page["events"]
            cursor = page["next_cursor"]
            if page["caught_up"] and not page["events"]:
                break
    assert len({told["id"] for told in seen}) == len(seen)
    said = [told["type"] for told in seen if told["aggid"] == str(journey.run_id)]
    assert "sg.tms.run.published.v1" in said
