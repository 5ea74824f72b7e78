"""E4: what a search filters, how it sorts and cuts, and what it refuses."""

from typing import Any

import pytest

from infra.tpg_simulator.driver import Driver, complaints
from infra.tpg_simulator.samples import COURSE, OTHER, OWN

DAY = 86_400


async def three(gateway: Driver) -> tuple[int, int, list[str]]:
    """Enrol three people a day apart: the first on a run of his own, the second paying herself, the third cancelled."""
    first_run, second_run = await gateway.published(), await gateway.published(scheduleInfo="another")
    references = [await gateway.enrolled(first_run)]
    await gateway.http.post("/_control/clock/advance", json={"seconds": DAY})
    references.append(
        await gateway.enrolled(
            second_run,
            id="G1234567X",
            idType={"type": "FIN"},
            sponsorshipType="INDIVIDUAL",
            employer=None,
            enrolmentDate="2026-03-03",
            fees={"collectionStatus": "Full Payment"},
        )
    )
    await gateway.http.post("/_control/clock/advance", json={"seconds": DAY})
    references.append(await gateway.enrolled(second_run, id="P-77", idType={"type": "OTHERS"}))
    await gateway.cancel_enrolment(references[-1])
    return first_run, second_run, references


async def found(gateway: Driver, enrolment: Any = None, **more: Any) -> list[int]:
    """The running numbers of the hits, in the order they came."""
    reply = await gateway.search_enrolments(enrolment, **more)
    assert reply.status_code == 200
    return [int(hit["enrolment"]["referenceNumber"][-6:]) for hit in gateway.open(reply)["data"]]


async def test_a_hit_looks_as_a_view_does_with_stamps_of_its_own(gateway: Driver) -> None:
    reference = await gateway.enrolled(await gateway.published())
    opened = gateway.open(await gateway.search_enrolments())
    stamp = "2026-03-02 10:00:00"
    assert opened["data"] == [
        {"enrolment": await gateway.viewed_enrolment(reference), "meta": {"createdOn": stamp, "updatedOn": stamp}}
    ]
    assert (opened["meta"], opened["status"], opened["error"]) == ({"totalRecords": 1}, "200", {})


async def test_no_hit_is_an_empty_list(gateway: Driver) -> None:
    opened = gateway.open(await gateway.search_enrolments())
    assert (opened["data"], opened["meta"]) == ([], {"totalRecords": 0})


@pytest.mark.parametrize(
    ("enrolment", "numbers"),
    [
        ({"course": {"run": {"id": "849900"}}}, [1]),
        ({"course": {"run": {"id": "849901"}, "referenceNumber": COURSE}}, [3, 2]),
        ({"course": {"run": {"id": ""}, "referenceNumber": "INT-OLD 7"}}, []),
        ({"status": "Confirmed"}, [2, 1]),
        ({"status": "Cancelled"}, [3]),
        ({"status": "", "trainee": {"id": "", "sponsorshipType": "", "enrolmentDate": ""}}, [3, 2, 1]),
        ({"trainee": {"id": "s1234567d"}}, [1]),
        ({"trainee": {"idType": {"type": "FIN"}}}, [2]),
        ({"trainee": {"fees": {"feeCollectionStatus": "full payment"}}}, [2]),
        ({"trainee": {"fees": {"collectionStatus": "Full Payment"}}}, [3, 2, 1]),
        ({"trainee": {"employer": {"uen": "00192200M"}}}, [3, 1]),
        ({"trainee": {"enrolmentDate": "2026-03-03"}}, [2]),
        ({"trainee": {"sponsorshipType": "INDIVIDUAL"}}, [2]),
        ({"trainingPartner": {"uen": OWN, "code": f"{OWN}-02"}}, []),
        ({"referenceNumber": "ENR-2603-000001"}, [3, 2, 1]),
    ],
)
async def test_it_filters(gateway: Driver, enrolment: dict[str, Any], numbers: list[int]) -> None:
    await three(gateway)
    assert await found(gateway, enrolment) == numbers


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        ({"lastUpdateDateFrom": "2026-03-03"}, [3, 2]),
        ({"lastUpdateDateTo": "2026-03-03"}, [2, 1]),
        ({"lastUpdateDateFrom": "2026-03-03", "lastUpdateDateTo": "2026-03-03"}, [2]),
        ({"lastUpdateDateFrom": "", "lastUpdateDateTo": ""}, [3, 2, 1]),
    ],
)
async def test_it_finds_by_the_singapore_day_of_the_last_change(
    gateway: Driver, days: dict[str, str], numbers: list[int]
) -> None:
    await three(gateway)
    assert await found(gateway, meta=days) == numbers


async def test_the_day_ends_at_midnight_in_singapore(gateway: Driver) -> None:
    run_id = await gateway.published()
    await gateway.http.put("/_control/clock", json={"now": "2026-03-02T16:30:00Z", "frozen": True})
    await gateway.enrolled(run_id)
    assert await found(gateway, meta={"lastUpdateDateFrom": "2026-03-03"}) == [1]
    assert await found(gateway, meta={"lastUpdateDateTo": "2026-03-02"}) == []


async def test_it_sorts_by_change_or_creation(gateway: Driver) -> None:
    _, _, references = await three(gateway)
    await gateway.http.post("/_control/clock/advance", json={"seconds": 1})
    await gateway.update_enrolment(references[0])
    assert await found(gateway) == [1, 3, 2]
    assert await found(gateway, sortBy={"field": "", "order": ""}) == [1, 3, 2]
    assert await found(gateway, sortBy={"field": "updatedOn", "order": "asc"}) == [2, 3, 1]
    assert await found(gateway, sortBy={"field": "createdOn"}) == [3, 2, 1]


async def test_it_comes_in_pages(gateway: Driver) -> None:
    await three(gateway)
    opened = gateway.open(await gateway.search_enrolments(parameters={"page": 1, "pageSize": 2}))
    assert (len(opened["data"]), opened["meta"]["totalRecords"]) == (1, 3)
    assert await found(gateway, parameters={"pageSize": 1}) == [3]
    assert await found(gateway, parameters={"page": 10**30, "pageSize": 100}) == []


async def test_others_see_nothing_of_it(gateway: Driver) -> None:
    await three(gateway)
    gateway.switch("identity.default_provider", OTHER)
    assert (await gateway.search_enrolments()).status_code == 403
    assert await found(gateway, {"trainingPartner": {"uen": OTHER, "code": f"{OTHER}-01"}}) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"enrolment": {"trainingPartner": {"code": f"{OWN}-01"}}}, "enrolment.trainingPartner.uen"),
        ({"enrolment": {"trainingPartner": {"uen": OWN}}}, "enrolment.trainingPartner.code"),
        ({"enrolment": {}}, "enrolment.trainingPartner"),
        ({}, "enrolment"),
        ({"meta": {"lastUpdateDateFrom": "2026-03-02", "lastUpdateDateTo": "2026-03-01"}}, "meta.lastUpdateDateFrom"),
        ({"meta": {"lastUpdateDateTo": "20260301"}}, "meta.lastUpdateDateTo"),
        ({"sortBy": {"field": "assessmentDate"}}, "sortBy.field"),
        ({"sortBy": {"order": "up"}}, "sortBy.order"),
        ({"parameters": {"page": -1}}, "parameters.page"),
        ({"parameters": {"page": "0"}}, "parameters.page"),
        ({"parameters": {"pageSize": 0}}, "parameters.pageSize"),
        ({"parameters": {"pageSize": 101}}, "parameters.pageSize"),
        ({"parameters": []}, "parameters"),
    ],
)
async def test_what_makes_no_sense_is_refused(gateway: Driver, body: dict[str, Any], field: str) -> None:
    whole = {"enrolment": {"trainingPartner": {"uen": OWN, "code": f"{OWN}-01"}}} | body
    if not body:
        del whole["enrolment"]
    reply = await gateway.send("/tpg/enrolments/search", whole)
    assert (reply.status_code, list(complaints(gateway.open(reply)))) == (400, [field])


@pytest.mark.parametrize(
    ("enrolment", "field"),
    [
        ({"status": "Open"}, "enrolment.status"),
        ({"trainee": {"idType": {"type": "SP"}}}, "enrolment.trainee.idType.type"),
        ({"trainee": {"id": 7}}, "enrolment.trainee.id"),
        ({"trainee": {"fees": {"feeCollectionStatus": "Paid"}}}, "enrolment.trainee.fees.feeCollectionStatus"),
        ({"trainee": {"enrolmentDate": "x"}}, "enrolment.trainee.enrolmentDate"),
        ({"trainee": {"sponsorshipType": "Employer"}}, "enrolment.trainee.sponsorshipType"),
        ({"course": {"run": {"id": "9" * 21}}}, "enrolment.course.run.id"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(gateway: Driver, enrolment: dict[str, Any], field: str) -> None:
    reply = await gateway.search_enrolments(enrolment)
    assert (reply.status_code, list(complaints(gateway.open(reply)))) == (400, [field])
