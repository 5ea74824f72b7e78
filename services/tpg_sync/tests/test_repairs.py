"""What people see of disagreements with TPGateway, and what their word about one does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from infra.tpg_simulator.faults import Kind
from infra.tpg_simulator.samples import synthetic_attendance, synthetic_enrolment
from libs.access.permissions import Role
from libs.contracts.enrolment import EnrolmentCancelled, EnrolmentConfirmed
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.models import LANE_ID, JobState, SyncLane
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.reconciling import reconcile, turn, unresolved
from services.tpg_sync.tests.samples import ENROLMENT, PEOPLE, RUN, enrolment, trainee

PATH = "/api/v1/sync/discrepancies"
WHY = {"reason": "seen in the portal"}


@pytest.fixture
async def portal(gateway_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{gateway_url}/_control/portal/") as client:
        yield client


@pytest.fixture
async def drifted(desk: Desk, portal: httpx.AsyncClient) -> Desk:
    """One run with two people, of whom the first has another address at TPGateway."""
    await desk.publish()
    await desk.enrol(enrolment(0))
    await desk.enrol(enrolment(1))
    await desk.work(6)
    await change(portal, desk, 0, **{"trainee.email": "other@example.com"})
    await reconcile(desk, RUN)
    return desk


async def change(portal: httpx.AsyncClient, desk: Desk, index: int, **values: Any) -> None:
    there = desk.remote_enrolments[index].reference
    (await portal.patch(f"enrolments/{there}", json={"set": values})).raise_for_status()


async def only(desk: Desk, client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    listed = (await client.get(PATH, params={"state": "open", **query})).json()["items"]
    assert len(listed) == 1, listed
    item: dict[str, Any] = listed[0]
    return item


def match(item: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{item["version"]}"'}


async def test_what_differs_is_listed_with_its_age_deadline_and_what_may_be_done(drifted: Desk) -> None:
    ops = await drifted.stage.client(Role.OPS)
    drifted.advance(timedelta(hours=1))
    item = await only(drifted, ops, code="ENR-05", run_id=str(RUN))
    assert (item["verdict"], item["fields"], item["record_id"]) == ("drift", ["trainee.emailAddress"], str(ENROLMENT))
    assert item["age_seconds"] >= 3600
    assert item["headroom_seconds"] > 0
    assert (item["suggested"], item["actions"]) == ("push", ["push", "accept", "assign"])
    assert item["ours_digest"] == item["acked_digest"] != item["theirs_digest"]
    assert "example.com" not in str(item)
    counts = (await ops.get(f"{PATH}/counts", params={"run_id": str(RUN)})).json()
    assert counts == {"total": 1, "by_code": {"ENR-05": 1}}


async def test_found_again_it_is_the_same_one_and_gone_it_is_resolved_by_itself(
    drifted: Desk, portal: httpx.AsyncClient
) -> None:
    [first] = await unresolved(drifted)
    await reconcile(drifted, RUN)
    [again] = await unresolved(drifted)
    assert (again.id, again.first_seen_at) == (first.id, first.first_seen_at)
    assert again.last_seen_at > first.last_seen_at
    await change(portal, drifted, 0, **{"trainee.email": "TRAINEE0@example.com"})
    await reconcile(drifted, RUN)
    assert await unresolved(drifted) == []
    told = [one for one in await drifted.told() if one.startswith(("discrepancy", "sync.drifted", "sync.reconciled"))]
    assert told == ["discrepancy.opened", "sync.drifted", "discrepancy.resolved", "sync.reconciled"]


async def test_a_dry_run_shows_the_very_call_masked_and_changes_nothing(drifted: Desk) -> None:
    ops = await drifted.stage.client(Role.OPS)
    item = await only(drifted, ops)
    jobs, told = await drifted.states(), await drifted.told()
    shown = await ops.post(
        f"{PATH}/{item['id']}/resolve", json={"action": "push", **WHY, "dry_run": True}, headers=match(item)
    )
    assert shown.status_code == 200, shown.text
    [call] = shown.json()["calls"]
    there = drifted.remote_enrolments[0].reference
    assert (call["operation"], call["path"]) == ("update_enrolment", f"/tpg/enrolments/details/{there}")
    assert call["body"]["enrolment"]["action"] == "Update"
    assert call["body"]["enrolment"]["trainee"]["email"] == "***"
    assert "example.com" not in shown.text
    assert "91234567" not in shown.text
    assert (await drifted.states(), await drifted.told()) == (jobs, told)
    assert await only(drifted, ops) == item
    # and what is sent then is what was shown
    await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "push", **WHY}, headers=match(item))
    await drifted.work(2)
    assert drifted.remote_enrolments[0].trainee.email == "trainee0@example.com"
    assert (await drifted.attempts())[-1].path == "/tpg/enrolments/details/{reference}"


async def test_a_push_sends_the_same_revision_once_more_and_the_next_reading_resolves_it(drifted: Desk) -> None:
    ops = await drifted.stage.client(Role.OPS)
    item = await only(drifted, ops)
    done = await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "push", **WHY}, headers=match(item))
    assert done.status_code == 200, done.text
    [job] = done.json()["jobs"]
    assert done.json()["discrepancy"]["job_id"] == job["id"]
    assert (await drifted.last(ENROLMENT, RecordType.ENROLMENT)).record_revision == 1
    await drifted.work(2)
    await reconcile(drifted, RUN)
    row = (await ops.get(f"{PATH}/{item['id']}")).json()
    assert (row["state"], row["resolution"], row["reason"]) == ("resolved", "push", WHY["reason"])
    keys = [one.idempotency_key for one in await drifted.jobs(ENROLMENT)]
    assert len(keys) == len(set(keys)) == 2


async def test_a_repair_that_changed_nothing_is_open_again_and_says_so(
    drifted: Desk, portal: httpx.AsyncClient
) -> None:
    ops = await drifted.stage.client(Role.OPS)
    item = await only(drifted, ops)
    await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "push", **WHY}, headers=match(item))
    await drifted.work(2)
    await change(portal, drifted, 0, **{"trainee.email": "other@example.com"})  # they do it again
    await reconcile(drifted, RUN)
    again = await only(drifted, ops)
    assert (again["id"], again["refusal"], again["resolution"]) == (item["id"], "repair_without_effect", None)
    assert again["version"] > item["version"]


async def test_the_timeline_of_a_record_shows_what_was_found_of_it(drifted: Desk) -> None:
    ops = await drifted.stage.client(Role.OPS)
    timeline = (await ops.get(f"/api/v1/sync/records/enrolment/{ENROLMENT}")).json()
    assert [one["code"] for one in timeline["discrepancies"]] == ["ENR-05"]


async def test_accepted_it_is_told_and_stays_so_until_theirs_changes(drifted: Desk, portal: httpx.AsyncClient) -> None:
    ops = await drifted.stage.client(Role.OPS)
    item = await only(drifted, ops)
    await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "accept", **WHY}, headers=match(item))
    await reconcile(drifted, RUN)
    assert [row.state for row in await unresolved(drifted)] == ["accepted"]
    assert [one for one in await drifted.told() if one.startswith("sync.re")] == ["sync.reconciled"]
    await change(portal, drifted, 0, **{"trainee.email": "a.third@example.com"})
    await reconcile(drifted, RUN)
    [row] = await unresolved(drifted)
    assert (str(row.id), row.state, row.resolution) == (item["id"], "open", None)


async def test_what_does_not_mend_it_is_refused_with_what_would(drifted: Desk) -> None:
    ops = await drifted.stage.client(Role.OPS)
    item = await only(drifted, ops)
    no = await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "cancel_remote", **WHY}, headers=match(item))
    assert (no.status_code, no.json()["code"]) == (409, "action_not_allowed")
    assert no.json()["allowed"] == ["accept", "assign", "push"]
    stale = await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "push", **WHY}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    assert (await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "push", **WHY})).status_code == 428


async def test_a_second_place_is_cancelled_only_when_two_persons_want_it(desk: Desk, portal: httpx.AsyncClient) -> None:
    await desk.publish()
    await desk.enrol(enrolment(0))
    await desk.work(6)
    twin = synthetic_enrolment(desk.remote_runs[0].run_id, id=PEOPLE[0])
    (await portal.post("enrolments", json={"enrolment": twin})).raise_for_status()
    await reconcile(desk, RUN)
    first, second = await desk.stage.client(Role.OPS), await desk.stage.client(Role.OPS)
    item = await only(desk, first, code="ENR-07")
    wish = {"action": "cancel_remote", **WHY}
    shown = await first.post(f"{PATH}/{item['id']}/resolve", json={**wish, "dry_run": True}, headers=match(item))
    [call] = shown.json()["calls"]
    assert (call["operation"], call["path"]) == ("cancel_enrolment", f"/tpg/enrolments/details/{item['remote_ref']}")
    asked = (await first.post(f"{PATH}/{item['id']}/resolve", json=wish, headers=match(item))).json()
    assert (asked["waits_for_second_person"], asked["jobs"]) == (True, [])
    again = {"If-Match": f'"{asked["discrepancy"]["version"]}"'}
    own = await first.post(f"{PATH}/{item['id']}/resolve", json=wish, headers=again)
    assert (own.status_code, own.json()["code"]) == (403, "own_request")
    done = await second.post(f"{PATH}/{item['id']}/resolve", json=wish, headers=again)
    assert done.status_code == 200, done.text
    assert done.json()["discrepancy"]["requested_by"] != done.json()["discrepancy"]["approved_by"]
    await desk.work(2)
    [left] = desk.remote_enrolments
    assert left.reference == (await desk.record(ENROLMENT, RecordType.ENROLMENT)).remote_id


async def test_a_place_made_in_the_portal_is_adopted_and_never_enrolled_twice(
    desk: Desk, portal: httpx.AsyncClient
) -> None:
    await desk.publish()
    await desk.work(6)
    made = synthetic_enrolment(desk.remote_runs[0].run_id, id=PEOPLE[1])
    (await portal.post("enrolments", json={"enrolment": made})).raise_for_status()
    await reconcile(desk, RUN)
    ops = await desk.stage.client(Role.OPS)
    item = await only(desk, ops, code="ENR-02")
    wish = {"action": "adopt", **WHY}
    done = await ops.post(f"{PATH}/{item['id']}/resolve", json=wish, headers=match(item))
    assert done.status_code == 200, done.text
    # when enrolment's event is here before its answer
    adopted = enrolment(1, remote_id=item["remote_ref"], trainee=trainee(1, full_name="Test Trainee"))
    desk.owner.adopts = adopted
    await desk.enrol(adopted)
    await desk.work(2)
    assert await turn(desk, adopt=True) == 1
    await desk.work(2)
    [there] = desk.remote_enrolments
    assert (await desk.record(adopted.enrolment_id, RecordType.ENROLMENT)).remote_id == there.reference
    asked = desk.owner.asked_to_adopt[0].trainee
    assert asked.id_number == PEOPLE[1]
    assert asked.phone is not None
    assert asked.phone.country == "+65", "as people write it to us, so that enrolment takes it"


async def test_many_are_counted_first_and_decided_only_as_confirmed(drifted: Desk, portal: httpx.AsyncClient) -> None:
    await change(portal, drifted, 1, **{"fees.collection_status": "Full Payment"})
    await reconcile(drifted, RUN)
    ops = await drifted.stage.client(Role.OPS)
    wish = {"filter": {"run_id": str(RUN)}, "action": "push", **WHY}
    counted = (await ops.post(f"{PATH}/resolve", json=wish)).json()
    assert (counted["matching"], counted["by_code"], counted["decided"]) == (2, {"ENR-04": 1, "ENR-05": 1}, 0)
    assert (await ops.post(f"{PATH}/resolve", json={**wish, "dry_run": False})).status_code == 422
    other = await ops.post(f"{PATH}/resolve", json={**wish, "dry_run": False, "confirm": 3})
    assert (other.status_code, other.json()["code"]) == (409, "bulk_moved")
    done = (await ops.post(f"{PATH}/resolve", json={**wish, "dry_run": False, "confirm": 2})).json()
    assert done["decided"] == 2
    progress = f"{PATH}/bulks/{done['bulk_id']}"
    assert (await ops.get(progress)).json()["sending"] == 2
    await drifted.work(3)
    await reconcile(drifted, RUN)
    assert (await ops.get(progress)).json() | {"bulk_id": ""} == {
        "bulk_id": "",
        "total": 2,
        "resolved": 2,
        "sending": 0,
        "stuck": 0,
    }


async def test_many_of_several_kinds_are_mended_as_far_as_one_action_mends_them_and_the_rest_is_named(
    drifted: Desk, portal: httpx.AsyncClient
) -> None:
    # given a changed address, another name, a session more, and somebody entered as present by hand
    await change(portal, drifted, 1, **{"trainee.full_name": "Somebody Else"})
    drifted.advance(timedelta(days=21))
    [run] = drifted.remote_runs
    row = {"attendance": synthetic_attendance(id=PEOPLE[0]), "entry_mode": "Manual"}
    (await portal.post("attendance", json={"session_id": run.sessions[0].session_id, **row})).raise_for_status()
    more = {"start_date": "20260325", "end_date": "20260325", "start_time": "09:00", "end_time": "11:00"}
    (await portal.post(f"runs/{run.run_id}/sessions", json=more)).raise_for_status()
    await reconcile(drifted, RUN)
    assert sorted(one.code for one in await unresolved(drifted)) == ["ATT-02", "ENR-05", "ENR-06", "SES-02"]
    ops = await drifted.stage.client(Role.OPS)
    # when pushing all of it is only tried out
    wish = {"filter": {}, "action": "push", **WHY}
    jobs, told = await drifted.states(), await drifted.told()
    shown = (await ops.post(f"{PATH}/resolve", json=wish)).json()
    # then it is told what that mends, what it does not, and what would; and nothing has happened
    assert (shown["matching"], shown["decidable"], shown["decided"], shown["bulk_id"]) == (4, 1, 0, None)
    assert (await drifted.states(), await drifted.told()) == (jobs, told)
    # and done, it is so
    done = (await ops.post(f"{PATH}/resolve", json={**wish, "dry_run": False, "confirm": 4})).json()
    assert (done["decided"], done["refused"]) == (1, {"action_not_allowed": 3})
    assert done["undecided"] == shown["undecided"]
    assert [(one["code"], one["count"], one["reason"], one["actions"]) for one in done["undecided"]] == [
        ("ATT-02", 1, "action_not_allowed", ["accept", "assign", "void_remote"]),
        ("ENR-06", 1, "action_not_allowed", ["accept", "assign", "replace"]),
        ("SES-02", 1, "action_not_allowed", ["accept", "assign", "cancel_remote"]),
    ]
    assert {one["state"] for one in (await ops.get(PATH, params={"code": "ENR-06"})).json()["items"]} == {"open"}


async def test_only_a_scan_is_pulled_what_somebody_entered_by_hand_is_no_fact_of_theirs(
    desk: Desk, portal: httpx.AsyncClient
) -> None:
    await desk.publish()
    await desk.enrol()
    await desk.work(6)
    desk.advance(timedelta(days=21))
    [run] = desk.remote_runs
    row = {"attendance": synthetic_attendance(id=PEOPLE[0]), "entry_mode": "Manual"}
    (await portal.post("attendance", json={"session_id": run.sessions[0].session_id, **row})).raise_for_status()
    await reconcile(desk, RUN)
    ops = await desk.stage.client(Role.OPS)
    item = await only(desk, ops, code="ATT-02")
    assert (item["suggested"], item["actions"]) == ("assign", ["void_remote", "accept", "assign"])
    no = await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "pull", **WHY}, headers=match(item))
    assert (no.status_code, no.json()["code"]) == (409, "action_not_allowed")
    assert "official_scan.seen" not in await desk.told()


@pytest.mark.parametrize("bulk", [False, True], ids=["one", "many"])
@pytest.mark.parametrize("sent", [False, True], ids=["on its way", "mended"])
async def test_what_is_missing_there_is_created_anew_once_however_often_it_is_decided(
    drifted: Desk, portal: httpx.AsyncClient, *, sent: bool, bulk: bool
) -> None:
    # given somebody taken away in the portal
    (await portal.delete(f"enrolments/{drifted.remote_enrolments[1].reference}")).raise_for_status()
    await reconcile(drifted, RUN)
    ops = await drifted.stage.client(Role.OPS)
    item = await only(drifted, ops, code="ENR-01")

    async def push() -> httpx.Response:
        if not bulk:
            now = (await ops.get(f"{PATH}/{item['id']}")).json()
            return await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "push", **WHY}, headers=match(now))
        wish = {"filter": {"code": "ENR-01"}, "action": "push", **WHY, "dry_run": False, "confirm": 1}
        return await ops.post(f"{PATH}/resolve", json=wish)

    assert (await push()).status_code == 200
    if sent:
        await drifted.work(3)
    # when it is decided again before anybody has read the run again
    again = await push()
    # then that is refused with the job that mends it, and nobody is enrolled twice
    if bulk:
        assert [(one["reason"], one["actions"]) for one in again.json()["undecided"]] == [("being_mended", [])]
    else:
        assert (again.status_code, again.json()["code"]) == (409, "being_mended")
    await drifted.work(4)
    assert sorted(one.trainee.id for one in drifted.remote_enrolments) == sorted(PEOPLE[:2])
    await reconcile(drifted, RUN)
    assert [row.code for row in await unresolved(drifted)] == ["ENR-05"]


async def test_what_another_word_has_brought_there_meanwhile_is_not_created_a_second_time(
    drifted: Desk, portal: httpx.AsyncClient
) -> None:
    # given a place that was taken away in the portal, found missing, and cancelled and reinstated by its owner since
    (await portal.delete(f"enrolments/{drifted.remote_enrolments[1].reference}")).raise_for_status()
    await reconcile(drifted, RUN)
    ops = await drifted.stage.client(Role.OPS)
    item = await only(drifted, ops, code="ENR-01")
    place = UUID(item["record_id"])
    await drifted.change_enrolment(place, EnrolmentCancelled, status="cancelled")
    await drifted.work(3)
    await drifted.change_enrolment(place, EnrolmentConfirmed, status="confirmed", reinstated=True)
    await drifted.work(3)
    assert len(drifted.remote_enrolments) == 2
    # when somebody who looks at the old list pushes it
    again = await ops.post(f"{PATH}/{item['id']}/resolve", json={"action": "push", **WHY}, headers=match(item))
    # then
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_repair")
    assert "compare the run again" in again.json()["detail"]
    await drifted.work(4)
    assert sorted(one.trainee.id for one in drifted.remote_enrolments) == sorted(PEOPLE[:2])


async def test_what_is_on_its_way_or_of_unknown_end_is_left_out(desk: Desk) -> None:
    """A create whose reply was lost is there under a name we do not know: it is no stranger."""
    await desk.publish()
    await desk.work(6)
    desk.order(Kind.DROP_AFTER, operation="E1", times=1)
    await desk.enrol(enrolment(0))
    await desk.work(1)
    assert [state for kind, state in await desk.states(ENROLMENT)] == [JobState.VERIFYING]
    await reconcile(desk, RUN)
    assert await unresolved(desk) == []


async def test_a_reading_that_breaks_off_concludes_nothing_and_comes_again(drifted: Desk) -> None:
    [before] = await unresolved(drifted)
    drifted.order(Kind.ERROR_BEFORE, operation="S4", times=1)
    ops = await drifted.stage.client(Role.OPS)
    made = (await ops.post("/api/v1/sync/reconciliations", json={"run_id": str(RUN)})).json()
    await turn(drifted)
    path = f"/api/v1/sync/reconciliations/{made['id']}"
    seen = (await ops.get(path)).json()
    waiting = next(step for step in seen["run_steps"] if step["run_id"])
    assert (waiting["state"], seen["state"]) == ("queued", "running")
    assert [row.last_seen_at for row in await unresolved(drifted)] == [before.last_seen_at]
    drifted.advance(timedelta(minutes=11))
    await turn(drifted)
    assert (await ops.get(path)).json()["state"] == "done"


async def test_a_held_lane_is_not_read_through(drifted: Desk) -> None:
    async with drifted.stage.units.begin() as uow:
        lane = await uow.get(SyncLane, LANE_ID)
        lane.hold("credentials", uow.now(), probe_every=timedelta(0))
    ops = await drifted.stage.client(Role.OPS)
    await ops.post("/api/v1/sync/reconciliations", json={"all": True})
    drifted.gateway.journal.clear()
    await turn(drifted)
    assert drifted.gateway.journal.find_one(1) is None


async def test_who_may_compare_and_repair(drifted: Desk) -> None:
    auditor, sre = await drifted.stage.client(Role.AUDITOR), await drifted.stage.client(Role.SRE)
    item = await only(drifted, auditor)
    for client in (auditor, sre):
        wish = {"action": "push", **WHY}
        no = await client.post(f"{PATH}/{item['id']}/resolve", json=wish, headers=match(item))
        assert no.status_code == 403
        assert (await client.post("/api/v1/sync/reconciliations", json={"all": True})).status_code == 403
    admin = await drifted.stage.client(Role.ADMIN)
    assert (await admin.post("/api/v1/sync/reconciliations", json={"run_id": str(UUID(int=404))})).status_code == 404
    assert (await admin.post("/api/v1/sync/reconciliations", json={})).status_code == 422
