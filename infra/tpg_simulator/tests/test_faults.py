"""Trouble on order, in process."""

import asyncio
import json
from dataclasses import replace

import httpx
import pytest

from infra.tpg_simulator.catalogue import OPERATIONS
from infra.tpg_simulator.cipher import Undecryptable
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.faults import Fault, FaultOrder, Kind
from infra.tpg_simulator.limits import RateLimit
from infra.tpg_simulator.refusals import Refusal
from infra.tpg_simulator.request import ConnectionDropped
from infra.tpg_simulator.samples import OWN, synthetic_run


async def test_a_fault_strikes_so_often_and_then_no_more(gateway: Driver) -> None:
    await gateway.order(kind="error_before", operation="C4", times=2, status=502)
    statuses = [(await gateway.view(1)).status_code for _ in range(3)]
    assert statuses == [502, 502, 404]


async def test_a_fault_may_let_some_calls_pass_first(gateway: Driver) -> None:
    await gateway.order(kind="error_before", operation="C4", skip=1, times=1)
    statuses = [(await gateway.view(1)).status_code for _ in range(3)]
    assert statuses == [404, 503, 404]


async def test_a_fault_concerns_its_operation_or_method_only(gateway: Driver) -> None:
    await gateway.order(kind="error_before", operation="C3")
    await gateway.order(kind="forbidden", method="get")
    run_id = await gateway.published()
    edited, viewed, deleted = (
        await gateway.edit(run_id, intakeSize=1),
        await gateway.view(run_id),
        await gateway.delete(run_id),
    )
    assert [edited.status_code, viewed.status_code, deleted.status_code] == [200, 403, 503]


def test_chance_is_decided_by_the_seed() -> None:
    def play(seed: int) -> list[bool]:
        fault = Fault(1, FaultOrder(kind=Kind.LATENCY, probability=0.5, seed=seed))
        return [fault.strikes("C1", "POST") for _ in range(40)]

    assert play(7) == play(7)
    assert play(7) != play(8)
    assert 5 < sum(play(7)) < 35


async def test_an_error_before_stores_nothing_and_one_after_has_stored(gateway: Driver) -> None:
    await gateway.order(kind="error_before", operation="C1", times=1, status=500)
    await gateway.order(kind="error_after", operation="C1", times=1, skip=1, status=504)
    before = await gateway.publish(synthetic_run())
    count_before = len(gateway.world.store.runs)
    after = await gateway.publish(synthetic_run())
    assert (before.status_code, count_before) == (500, 0)
    assert (after.status_code, len(gateway.world.store.runs)) == (504, 1)


@pytest.mark.parametrize(("form", "text"), [("html", "<html>"), ("empty", ""), ("envelope", '{"data"')])
async def test_a_broken_gateway_speaks_in_the_form_asked_for(gateway: Driver, form: str, text: str) -> None:
    await gateway.order(kind="error_before", body=form)
    reply = await gateway.view(1)
    assert reply.text.startswith(text)
    assert bool(reply.text) == bool(text)


async def test_a_rate_limit_says_when_to_come_back(gateway: Driver) -> None:
    await gateway.order(kind="rate_limit", retry_after_s=6.5, times=1)
    reply = await gateway.publish(synthetic_run())
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "7")
    assert gateway.world.store.runs == {}


@pytest.mark.parametrize(
    ("kind", "status", "message"),
    [
        ("unauthorised", 401, "Unauthorized"),
        ("forbidden", 403, "Forbidden"),
        ("expired_version", 403, "Api Version has expired"),
        ("wrong_key", 400, "Unable to perform decryption due invalid request"),
    ],
)
async def test_refusals_at_the_door_store_nothing(gateway: Driver, kind: str, status: int, message: str) -> None:
    await gateway.order(kind=kind, times=1)
    reply = await gateway.publish(synthetic_run())
    assert (reply.status_code, reply.json()["error"]["message"]) == (status, message)
    assert gateway.world.store.runs == {}


async def test_a_wrong_key_makes_replies_unreadable(gateway: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    read = next(operation for operation in OPERATIONS if operation.name == "K1")
    sealed = replace(read, encrypted_reply=True)
    monkeypatch.setattr("infra.tpg_simulator.catalogue.OPERATIONS", (sealed,))
    await gateway.order(kind="wrong_key", times=1)
    unreadable = (await gateway.http.get("/tpg/codes/error/TGS-405")).text
    readable = (await gateway.http.get("/tpg/codes/error/TGS-405")).text
    cipher = gateway.world.cipher_of(OWN)
    with pytest.raises(Undecryptable):
        cipher.decrypt_json(unreadable)
    assert cipher.decrypt_json(readable)["data"]["code"] == "TGS-405"


@pytest.mark.parametrize(("kind", "stored"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_is_no_reply_at_all(gateway: Driver, kind: str, stored: int) -> None:
    await gateway.order(kind=kind, operation="C1", times=1)
    with pytest.raises(ConnectionDropped):
        await gateway.publish(synthetic_run())
    assert len(gateway.world.store.runs) == stored
    (entry,) = gateway.world.journal.find(operation="C1")
    assert (entry.status, entry.stored, entry.faults) == (None, bool(stored), [kind])
    assert gateway.world.store.counts["dropped.C1"] == 1


async def test_faults_add_up(gateway: Driver) -> None:
    await gateway.order(kind="latency", delay_s=0.05, times=1)
    await gateway.order(kind="error_after", times=1)
    reply = await gateway.publish(synthetic_run())
    (entry,) = gateway.world.journal.find(operation="C1")
    assert reply.status_code == 503
    assert entry.faults == ["latency", "error_after"]
    assert entry.took_ms >= 40


@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_an_outage_silences_everything_until_lifted(gateway: Driver, how: str) -> None:
    await gateway.http.put("/_control/outage", json={"on": True, "how": how, "delay_s": 0})
    with pytest.raises(ConnectionDropped):
        await gateway.view(1)
    with pytest.raises(ConnectionDropped):
        await gateway.http.post("/dp-oauth/oauth/token")
    await gateway.http.put("/_control/outage", json={"on": False})
    assert (await gateway.view(1)).status_code == 404


async def test_an_outage_may_answer_with_an_error(gateway: Driver) -> None:
    await gateway.http.put("/_control/outage", json={"on": True, "how": "error", "status": 502})
    assert (await gateway.view(1)).status_code == 502
    assert (await gateway.http.get("/_control/outage")).json()["on"] is True


async def test_faults_are_listed_and_lifted(gateway: Driver) -> None:
    await gateway.order(kind="error_before")
    await gateway.order(kind="latency", delay_s=0)
    await gateway.view(1)
    first, second = (await gateway.http.get("/_control/faults")).json()
    await gateway.http.delete(f"/_control/faults/{first['id']}")
    after_one = await gateway.view(1)
    await gateway.http.delete("/_control/faults")
    assert (first["hits"], second["hits"], after_one.status_code) == (1, 1, 404)
    assert (await gateway.http.get("/_control/faults")).json() == []
    assert (await gateway.http.delete("/_control/faults/99")).status_code == 404


@pytest.mark.parametrize("order", [{}, {"kind": "earthquake"}, {"kind": "latency", "probability": 2}])
async def test_orders_that_make_no_sense_are_refused(gateway: Driver, order: dict[str, object]) -> None:
    assert (await gateway.http.post("/_control/faults", json=order)).status_code == 422


async def test_two_equal_sends_at_once_make_one_run(gateway: Driver) -> None:
    await gateway.order(kind="latency", delay_s=0.01)
    replies = await asyncio.gather(*(gateway.publish(synthetic_run()) for _ in range(2)))
    assert sorted(reply.status_code for reply in replies) == [200, 400]


def test_the_limit_lets_one_second_of_calls_through(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("infra.tpg_simulator.limits.time.monotonic", lambda: now[0])
    limit = RateLimit()
    for _ in range(8):
        limit.spend(8)
    with pytest.raises(Refusal) as refused:
        limit.spend(8)
    now[0] += 0.125
    limit.spend(8)
    assert refused.value.status == 429
    assert refused.value.headers == {"retry-after": "1"}


async def test_the_switch_turns_the_limit_on(gateway: Driver) -> None:
    gateway.switch("limits.requests_per_s", 1)
    statuses = {(await gateway.view(1)).status_code for _ in range(5)}
    assert statuses == {404, 429}


async def test_a_body_that_is_too_large_is_refused_unread(gateway: Driver) -> None:
    gateway.switch("limits.body_bytes", 100)
    reply = await gateway.http.post("/courses/courseRuns/publish", content="x" * 101)
    assert reply.status_code == 413


async def test_a_broken_handler_is_a_middleware_error(
    gateway: Driver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = await gateway.published()
    monkeypatch.setattr(gateway.world.store, "keep", lambda *_, **__: 1 / 0)
    reply: httpx.Response = await gateway.delete(run_id)
    assert (reply.status_code, reply.json()["error"]["message"]) == (500, "Middleware error")
    assert "operation C3 broke" in caplog.text
    assert json.dumps(OWN) not in caplog.text
