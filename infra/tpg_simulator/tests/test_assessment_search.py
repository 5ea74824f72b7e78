"""S4: plural root, flat hits, a score that is a text."""

from typing import Any

import pytest

from infra.tpg_simulator.driver import Driver, complaints
from infra.tpg_simulator.samples import COURSE, OTHER, OWN, SKILL

DAY = 86_400


async def three(gateway: Driver) -> None:
    """Assess two people on two runs a day apart, the second of them again without skill and score."""
    first, second = await gateway.published(), await gateway.published(scheduleInfo="another")
    await gateway.enrolled(first)
    await gateway.enrolled(second, id="P-77", idType={"type": "OTHERS"})
    other = {"id": "P-77", "idType": "OTHERS", "fullName": "Other Trainee"}
    await gateway.assessed(first, assessmentDate="2026-03-25")
    await gateway.http.post("/_control/clock/advance", json={"seconds": DAY})
    await gateway.assessed(second, trainee=other)
    await gateway.http.post("/_control/clock/advance", json={"seconds": DAY})
    await gateway.assessed(second, trainee=other, skillCode="", score=None, assessmentDate="2026-03-26")


async def found(gateway: Driver, assessments: Any = None, **more: Any) -> list[int]:
    """The running numbers of the hits, in the order they came."""
    reply = await gateway.search_assessments(assessments, **more)
    assert reply.status_code == 200
    return [int(hit["referenceNumber"][-6:]) for hit in gateway.open(reply)["data"]]


async def test_a_hit_is_flat_with_a_text_score_and_stamps_of_its_own(gateway: Driver) -> None:
    run_id = await gateway.published()
    await gateway.enrolled(run_id)
    record = await gateway.viewed_assessment(await gateway.assessed(run_id))
    opened = gateway.open(await gateway.search_assessments())
    stamp = "2026-03-02 10:00:00"
    assert opened["data"] == [record | {"score": "85", "meta": {"createdOn": stamp, "updatedOn": stamp}}]
    assert (opened["meta"], opened["status"]) == ({"totalRecords": 1}, "200")


async def test_what_there_is_not_is_empty_text(gateway: Driver) -> None:
    await three(gateway)
    (newest, *_) = gateway.open(await gateway.search_assessments())["data"]
    assert (newest["skillCode"], newest["score"]) == ("", "")


@pytest.mark.parametrize(
    ("assessments", "numbers"),
    [
        ({"course": {"run": {"id": "849900"}}}, [1]),
        ({"course": {"run": {"id": "849901"}, "referenceNumber": COURSE}}, [3, 2]),
        ({"course": {"run": {"id": "none"}}}, []),
        ({"course": {"referenceNumber": "INT-OLD 7"}}, []),
        ({"trainee": {"id": "s1234567d"}}, [1]),
        ({"trainee": {"id": ""}, "skillCode": ""}, [3, 2, 1]),
        ({"enrolment": {"referenceNumber": "ENR-2603-000002"}}, [3, 2]),
        ({"skillCode": SKILL}, [2, 1]),
        ({"trainingPartner": {"uen": OWN, "code": f"{OWN}-02"}}, []),
    ],
)
async def test_it_filters(gateway: Driver, assessments: dict[str, Any], numbers: list[int]) -> None:
    await three(gateway)
    assert await found(gateway, assessments) == numbers


async def test_it_sorts_narrows_and_cuts(gateway: Driver) -> None:
    await three(gateway)
    assert await found(gateway, sortBy={"field": "createdOn", "order": "asc"}) == [1, 2, 3]
    assert await found(gateway, sortBy={"field": "updatedOn"}) == [3, 2, 1]
    assert await found(gateway, sortBy={"field": "assessmentDate"}) == [3, 1, 2]
    assert await found(gateway, meta={"lastUpdateDateFrom": "2026-03-03", "lastUpdateDateTo": "2026-03-03"}) == [2]
    assert await found(gateway, parameters={"page": 1, "pageSize": 2}) == [1]


async def test_others_see_nothing_of_it(gateway: Driver) -> None:
    await three(gateway)
    gateway.switch("identity.default_provider", OTHER)
    assert (await gateway.search_assessments()).status_code == 403
    assert await found(gateway, {"trainingPartner": {"uen": OTHER, "code": f"{OTHER}-01"}}) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"assessments": None}, "assessments"),
        ({"assessments": {}}, "assessments.trainingPartner"),
        ({"assessments": {"trainingPartner": {"uen": OWN}}}, "assessments.trainingPartner.code"),
        ({"parameters": None}, "parameters"),
        ({"parameters": {"pageSize": 20}}, "parameters.page"),
        ({"parameters": {"page": 0}}, "parameters.pageSize"),
        ({"parameters": {"page": 0, "pageSize": 101}}, "parameters.pageSize"),
        ({"sortBy": {"field": "score"}}, "sortBy.field"),
        ({"meta": {"lastUpdateDateFrom": "x"}}, "meta.lastUpdateDateFrom"),
    ],
)
async def test_what_makes_no_sense_is_refused(gateway: Driver, body: dict[str, Any], field: str) -> None:
    partner = {"trainingPartner": {"uen": OWN, "code": f"{OWN}-01"}}
    whole = {"assessments": partner, "parameters": {"page": 0, "pageSize": 20}} | body
    reply = await gateway.send("/tpg/assessments/search", whole)
    assert (reply.status_code, list(complaints(gateway.open(reply)))) == (400, [field])


@pytest.mark.parametrize(
    ("assessments", "field"),
    [
        ({"course": {"referenceNumber": "x" * 51}}, "assessments.course.referenceNumber"),
        ({"course": {"run": {"id": 1}}}, "assessments.course.run.id"),
        ({"trainee": {"id": "x" * 21}}, "assessments.trainee.id"),
        ({"skillCode": "x" * 31}, "assessments.skillCode"),
        ({"enrolment": {"referenceNumber": 1}}, "assessments.enrolment.referenceNumber"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(
    gateway: Driver, assessments: dict[str, Any], field: str
) -> None:
    reply = await gateway.search_assessments(assessments)
    assert (reply.status_code, list(complaints(gateway.open(reply)))) == (400, [field])
