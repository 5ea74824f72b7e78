"""Through HTTP: who may read what, the verdict, and the copy taken out."""

import json
from uuid import uuid4

from libs.access.permissions import Role
from libs.testing.stage import Stage
from services.audit.tests.conftest import Hear


async def test_the_log_is_read_newest_first_in_pages(staged: Stage, hear: Hear) -> None:
    for _ in range(5):
        await hear()
    auditor = await staged.client(Role.AUDITOR)

    first = (await auditor.get("/api/v1/audit/entries", params={"limit": 3})).json()
    rest = (await auditor.get("/api/v1/audit/entries", params={"limit": 3, "cursor": first["next_cursor"]})).json()

    assert [item["seq"] for item in first["items"]] == [5, 4, 3]
    assert [item["seq"] for item in rest["items"]] == [2, 1]
    assert rest["next_cursor"] is None


async def test_entries_are_found_by_subject_actor_and_correlation(staged: Stage, hear: Hear) -> None:
    wanted = await hear(actor_id="ops-7")
    await hear(actor_id="ops-8")
    auditor = await staged.client(Role.AUDITOR)
    for filter_ in ({"subject_type": "sync", "subject_id": str(wanted.aggid)}, {"actor_id": "ops-7"}):
        found = (await auditor.get("/api/v1/audit/entries", params=filter_)).json()["items"]
        assert [item["event_id"] for item in found] == [str(wanted.id)]
    by_journey = await auditor.get("/api/v1/audit/entries", params={"correlation_id": str(wanted.correlationid)})
    assert len(by_journey.json()["items"]) == 2


async def test_ops_see_training_records_and_their_own_acts_but_not_others_accounts(staged: Stage, hear: Hear) -> None:
    me = uuid4()
    await hear()
    others_account = await hear(account=True)
    my_act = await hear(account=True, actor_id=str(me))
    ops = await staged.client(Role.OPS, subject=me)

    seen = {item["event_id"] for item in (await ops.get("/api/v1/audit/entries")).json()["items"]}

    assert str(my_act.id) in seen
    assert str(others_account.id) not in seen
    assert (await ops.get("/api/v1/audit/entries/2")).status_code == 404
    assert (await ops.get("/api/v1/audit/entries/1")).json()["body"].startswith("{")


async def test_verifying_answers_the_verdict_and_puts_it_on_record(staged: Stage, hear: Hear) -> None:
    await hear()
    sre = await staged.client(Role.SRE)
    answer = await sre.post("/api/v1/audit/verify", json={})
    assert answer.status_code == 200
    assert answer.json()["intact"] is True
    assert [envelope.event_type for envelope in await staged.told()] == ["audit.chain_verified"]


async def test_a_reversed_range_is_refused_with_the_field(staged: Stage) -> None:
    sre = await staged.client(Role.SRE)
    answer = await sre.post("/api/v1/audit/verify", json={"from_seq": 5, "to_seq": 2})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "to_seq")


async def test_an_export_holds_every_entry_and_is_itself_on_record(staged: Stage, hear: Hear) -> None:
    for _ in range(3):
        await hear()
    auditor = await staged.client(Role.AUDITOR)
    answer = await auditor.post("/api/v1/audit/export", json={"reason": "yearly review"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3]
    told = await staged.told()
    assert [(envelope.event_type, envelope.data["reason"]) for envelope in told] == [
        ("audit.exported", "yearly review")
    ]


async def test_an_export_without_a_reason_is_refused(staged: Stage) -> None:
    auditor = await staged.client(Role.AUDITOR)
    assert (await auditor.post("/api/v1/audit/export", json={})).status_code == 422
