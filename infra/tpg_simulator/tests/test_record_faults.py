"""Trouble on order befalls every operation by its name, before or after it has stored."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from infra.tpg_simulator.catalogue import OPERATIONS
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.request import ConnectionDropped
from infra.tpg_simulator.samples import OTHER

Act = Callable[[Driver], Awaitable[httpx.Response]]
RUN, ENROLMENT, ASSESSMENT = 849900, "ENR-2603-000001", "ASM-2603-000001"
WRITES: dict[str, Act] = {
    "E1": lambda gateway: gateway.enrol(RUN),
    "E2": lambda gateway: gateway.update_enrolment(ENROLMENT),
    "E3": lambda gateway: gateway.cancel_enrolment(ENROLMENT),
    "E6": lambda gateway: gateway.tell_fees(ENROLMENT, "Full Payment"),
    "A2": lambda gateway: gateway.upload(RUN),
    "S1": lambda gateway: gateway.assess(RUN),
    "S2": lambda gateway: gateway.update_assessment(ASSESSMENT),
    "S3": lambda gateway: gateway.void_assessment(ASSESSMENT),
}
READS: dict[str, Act] = {
    "E4": lambda gateway: gateway.search_enrolments(),
    "E5": lambda gateway: gateway.view_enrolment(ENROLMENT),
    "A1": lambda gateway: gateway.attendance(RUN),
    "S4": lambda gateway: gateway.search_assessments(),
    "S5": lambda gateway: gateway.view_assessment(ASSESSMENT),
}
ALL = WRITES | READS


async def prepare(gateway: Driver) -> None:
    run_id = await gateway.published()
    await gateway.enrolled(run_id)
    await gateway.assessed(run_id)


def stored(gateway: Driver) -> int:
    counts = gateway.world.store.counts
    told = ("enrolments_", "attendance_", "assessments_", "fees_")
    return sum(count for name, count in counts.items() if name.startswith(told))


def test_every_new_operation_is_tried_here() -> None:
    assert set(ALL) == {operation.name for operation in OPERATIONS if operation.name[0] in "EAS"}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("kind", "status"),
    [("error_before", 503), ("rate_limit", 429), ("unauthorised", 401), ("forbidden", 403), ("expired_version", 403)],
)
async def test_a_fault_at_the_door_stores_nothing(gateway: Driver, name: str, kind: str, status: int) -> None:
    await prepare(gateway)
    before = stored(gateway)
    await gateway.order(kind=kind, operation=name, times=1)
    assert (await ALL[name](gateway)).status_code == status
    assert stored(gateway) == before
    assert (await ALL[name](gateway)).status_code == 200


@pytest.mark.parametrize("name", WRITES)
async def test_an_error_after_has_stored(gateway: Driver, name: str) -> None:
    await prepare(gateway)
    before = stored(gateway)
    await gateway.order(kind="error_after", operation=name, times=1, status=504)
    assert (await WRITES[name](gateway)).status_code == 504
    assert stored(gateway) == before + 1


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(("kind", "more"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_cut_connection_has_stored_or_not(gateway: Driver, name: str, kind: str, more: int) -> None:
    await prepare(gateway)
    before = stored(gateway)
    await gateway.order(kind=kind, operation=name, times=1)
    with pytest.raises(ConnectionDropped):
        await WRITES[name](gateway)
    assert stored(gateway) == before + more


@pytest.mark.parametrize("name", ALL)
async def test_another_operations_fault_leaves_it_alone(gateway: Driver, name: str) -> None:
    await prepare(gateway)
    for other in set(ALL) - {name}:
        await gateway.order(kind="error_before", operation=other)
    assert (await ALL[name](gateway)).status_code == 200


@pytest.mark.parametrize("name", ALL)
async def test_every_call_can_be_sent_twice_at_once(gateway: Driver, name: str) -> None:
    await prepare(gateway)
    await gateway.order(kind="latency", operation=name, delay_s=0.01)
    replies = await asyncio.gather(*(ALL[name](gateway) for _ in range(2)))
    # What ends a record can be done once; all else is taken again without a word.
    second = 400 if name in {"E3", "S3"} else 200
    assert sorted(reply.status_code for reply in replies) == [200, second]


@pytest.mark.parametrize("name", ALL)
async def test_the_wrong_mode_of_authentication_is_refused(gateway: Driver, name: str) -> None:
    await prepare(gateway)
    granted = await gateway.http.post(
        "/dp-oauth/oauth/token", data={"grant_type": "client_credentials"}, auth=("open-reads", "synthetic")
    )
    gateway.http.headers["authorization"] = f"Bearer {granted.json()['access_token']}"
    assert (await ALL[name](gateway)).status_code == 403


@pytest.mark.parametrize("name", ALL)
async def test_versions_are_looked_at(gateway: Driver, name: str) -> None:
    await prepare(gateway)
    gateway.http.headers["x-api-version"] = "v99"
    unknown = (await ALL[name](gateway)).status_code
    gateway.http.headers["x-api-version"] = "v1.5" if name[0] == "A" else "v1"
    assert (unknown, (await ALL[name](gateway)).status_code) == (403, 200)


@pytest.mark.parametrize("name", sorted(set(ALL) - {"E5", "A1", "S5"}))
async def test_a_plain_body_on_a_sealed_route_is_refused(gateway: Driver, name: str) -> None:
    await prepare(gateway)
    operation = next(one for one in OPERATIONS if one.name == name)
    path = operation.path.replace("{runId}", str(RUN)).replace("{ref}", ENROLMENT)
    reply = await gateway.http.post(path, json={"enrolment": {}})
    assert (reply.status_code, reply.json()["error"]["message"]) == (
        400,
        "Unable to perform decryption due invalid request",
    )


@pytest.mark.parametrize("name", ["E1", "E5", "S1", "S5"])
@pytest.mark.parametrize("form", ["plain", "cipher", "cipher-in-error"])
async def test_errors_of_the_tpg_family_travel_in_the_form_asked_for(gateway: Driver, name: str, form: str) -> None:
    gateway.switch("crypto.error_form_tpg", form)
    cipher = gateway.world.cipher_of("197401143C")
    reply = await ALL[name](gateway)
    envelope = cipher.decrypt_json(reply.text) if form == "cipher" else reply.json()
    error = cipher.decrypt_json(envelope["error"]) if form == "cipher-in-error" else envelope["error"]
    assert envelope["status"] == reply.status_code
    assert set(error) == {"message", "details"}


@pytest.mark.parametrize(("name", "status"), [("E5", 404), ("S1", 400)])
async def test_an_error_may_hide_in_a_200(gateway: Driver, name: str, status: int) -> None:
    gateway.switch("errors.as_200", True)  # noqa: FBT003  # the value of a switch
    reply = await ALL[name](gateway)
    assert (reply.status_code, gateway.open(reply)["status"]) == (200, status)


@pytest.mark.parametrize("name", READS)
async def test_replies_are_plain_in_the_mock_environment(gateway: Driver, name: str) -> None:
    await prepare(gateway)
    sealed = await READS[name](gateway)
    gateway.switch("crypto.plain_reply", True)  # noqa: FBT003  # the value of a switch
    plain = await READS[name](gateway)
    assert plain.json() == gateway.open(sealed)


async def test_another_provider_reads_none_of_it(gateway: Driver) -> None:
    await prepare(gateway)
    gateway.switch("identity.default_provider", OTHER)
    statuses = [(await READS[name](gateway)).status_code for name in READS]
    assert statuses == [403] * len(READS)
