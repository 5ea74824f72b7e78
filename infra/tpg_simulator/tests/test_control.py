"""The control API: switches, clock, journal, drift by somebody in the portal, state."""

import json
from typing import Any

import httpx
import pytest

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.samples import COURSE, KEY, OTHER, OWN, new_trainer, synthetic_run

FIRST_SESSION = f"{COURSE}-849900-S1"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_it_answers_this_machine_only(simulator: Simulator) -> None:
    transport = httpx.ASGITransport(simulator, client=("192.0.2.7", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        control = await http.get("/_control/")
        gateway = await http.get("/courses/courseRuns/id/1")
    assert (control.status_code, gateway.status_code) == (403, 404)


async def test_it_tells_what_a_client_needs(gateway: Driver) -> None:
    told = (await gateway.http.get("/_control/access")).json()
    assert told["acting_provider"] == OWN
    assert told["providers"][OWN]["encryption_key"] == KEY
    assert told["oauth_clients"] == {"open-reads": "synthetic"}
    assert (await gateway.http.get("/_control/")).json()["runs"] == 0
    assert (await gateway.http.get("/_control/docs")).status_code == 200


class TestSwitches:
    async def test_they_are_read_and_written_by_dotted_name(self, gateway: Driver) -> None:
        await gateway.http.patch("/_control/switches", json={"duplicates.run": "allow"})
        switches = (await gateway.http.get("/_control/switches")).json()
        assert (switches["duplicates.run"], switches["profile"]) == ("allow", "uat")
        reset = (await gateway.http.delete("/_control/switches")).json()
        assert reset["duplicates.run"] == "refuse"

    @pytest.mark.parametrize(
        "changes",
        [{"no.such": 1}, {"profile": "wild"}, {"identity.default_provider": "X"}, {"visibility.delay_s": -1}],
    )
    async def test_wrong_ones_change_nothing(self, gateway: Driver, changes: dict[str, Any]) -> None:
        before = gateway.world.switches
        assert (await gateway.http.patch("/_control/switches", json=changes)).status_code == 422
        assert gateway.world.switches == before


class TestClock:
    async def test_it_is_set_advanced_and_given_back(self, gateway: Driver) -> None:
        at = "2026-03-22T23:30:00+08:00"
        frozen = (await gateway.http.put("/_control/clock", json={"now": at, "frozen": True})).json()
        advanced = (await gateway.http.post("/_control/clock/advance", json={"seconds": 3600})).json()
        given_back = (await gateway.http.delete("/_control/clock")).json()
        assert (frozen["singapore"], frozen["frozen"]) == (at, True)
        assert advanced["singapore"] == "2026-03-23T00:30:00+08:00"
        assert (given_back["frozen"], given_back["offset_s"]) == (False, 0)

    async def test_it_runs_on_from_where_it_was_set(self, gateway: Driver) -> None:
        await gateway.http.put("/_control/clock", json={"now": "2030-01-01T00:00:00Z"})
        await gateway.http.post("/_control/clock/advance", json={"seconds": 60})
        first = (await gateway.http.get("/_control/clock")).json()["now"]
        second = (await gateway.http.get("/_control/clock")).json()["now"]
        assert "2030-01-01T00:01:00" < first < second < "2030-01-01T00:02:00"

    async def test_an_instant_without_a_zone_is_refused(self, gateway: Driver) -> None:
        reply = await gateway.http.put("/_control/clock", json={"now": "2030-01-01T00:00:00"})
        assert reply.status_code == 422


class TestJournal:
    async def test_it_tells_every_call_decrypted_with_its_trace(self, gateway: Driver) -> None:
        reply = await gateway.publish(
            synthetic_run(), headers={"traceparent": TRACE, "idempotency-key": "job-1", "authorization": ""}
        )
        (entry,) = (await gateway.http.get("/_control/journal", params={"operation": "C1"})).json()
        assert reply.headers["x-sim-trace"] == TRACE
        assert entry["request"]["course"]["runs"][0]["intakeSize"] == 20
        assert entry["reply"]["data"] == {"runs": [{"id": 849900}]}
        assert (entry["status"], entry["stored"]) == (200, True)
        assert entry["headers"]["traceparent"] == TRACE
        assert entry["headers"]["idempotency-key"] == "job-1"
        assert "authorization" not in entry["headers"]

    async def test_it_keeps_the_ciphertext_of_what_came_sealed_and_claims_none_of_what_did_not(
        self, gateway: Driver
    ) -> None:
        await gateway.publish(synthetic_run())
        await gateway.http.post("/courses/courseRuns/publish", json={"course": {}})
        sealed, plain = (await gateway.http.get("/_control/journal", params={"operation": "C1"})).json()
        assert sealed["encrypted"] is True
        assert gateway.seal(sealed["request"]) == json.loads(sealed["sealed"])
        assert "TGS-" not in sealed["sealed"]
        assert (plain["encrypted"], plain["sealed"], plain["status"]) == (False, None, 400)

    async def test_it_is_searched_and_cleared(self, gateway: Driver) -> None:
        await gateway.publish(synthetic_run(), headers={"traceparent": TRACE})
        await gateway.view(849900)
        await gateway.view(1)

        async def found(**query: Any) -> list[str]:
            entries = (await gateway.http.get("/_control/journal", params=query)).json()
            return [entry["operation"] for entry in entries]

        assert await found() == ["C1", "C4", "C4"]
        assert await found(after=1, limit=1) == ["C4"]
        assert await found(traceparent="4bf92f3577b34da6a3ce929d0e0e4736") == ["C1"]
        assert await found(stored=True) == ["C1"]
        await gateway.http.delete("/_control/journal")
        assert await found() == []

    async def test_a_call_can_be_performed_once_more(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        await gateway.http.get("/nothing")
        again = (await gateway.http.post("/_control/journal/1/replay")).json()
        await gateway.delete(run_id)
        after_deletion = (await gateway.http.post("/_control/journal/1/replay")).json()
        assert (again["status"], again["stored"], again["faults"]) == (400, False, ["replay"])
        assert (after_deletion["status"], after_deletion["stored"]) == (200, True)
        assert after_deletion["reply"]["data"] == {"runs": [{"id": run_id + 1}]}
        assert (await gateway.http.post("/_control/journal/2/replay")).status_code == 409
        assert (await gateway.http.post("/_control/journal/99/replay")).status_code == 404

    async def test_the_oldest_entries_make_room(self, gateway: Driver) -> None:
        gateway.switch("journal.entries", 2)
        for run_id in (1, 2, 3):
            await gateway.view(run_id)
        assert [entry.path[-1] for entry in gateway.world.journal.find()] == ["2", "3"]


class TestPortal:
    async def test_somebody_changes_a_run_past_all_rules(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        drift = {"set": {"content.venue.room": "9Z", "content.intakeSize": 1}, "remove": ["content.threshold"]}
        reply = await gateway.http.patch(f"/_control/portal/runs/{run_id}", json=drift)
        run = await gateway.viewed(run_id)
        assert (run["venue"]["room"], run["intakeSize"]) == ("9Z", 1)
        assert "threshold" not in run
        assert (reply.json()["changed_by"], reply.json()["edits"]) == ("portal", 1)

    async def test_somebody_changes_adds_and_deletes_sessions(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        path = f"/_control/portal/runs/{run_id}/sessions"
        first = f"TGS-2026000123-{run_id}-S1"
        await gateway.http.patch(f"{path}/{first}", json={"set": {"start_time": "08:00"}})
        new = {"start_date": "20260324", "end_date": "20260324", "start_time": "09:00", "end_time": "12:00"}
        await gateway.http.post(path, json=new)
        sessions = await gateway.listed_sessions(run_id)
        await gateway.http.delete(f"{path}/{first}")
        left = await gateway.listed_sessions(run_id)
        assert [one["startTime"] for one in sessions] == ["08:00", "09:00"]
        assert [one["id"] for one in left] == [f"TGS-2026000123-{run_id}-S2"]

    async def test_somebody_deletes_a_run(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        await gateway.http.delete(f"/_control/portal/runs/{run_id}")
        assert (await gateway.view(run_id)).status_code == 404
        assert (await gateway.http.get("/_control/portal/runs")).json() == []
        assert len((await gateway.http.get("/_control/portal/runs", params={"deleted": True})).json()) == 1
        assert (await gateway.http.get(f"/_control/portal/runs/{run_id}")).json()["deleted"] is True

    async def test_a_drifted_run_can_still_be_edited_by_the_api(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        drift = {"set": {"content.venue.room": "9Z"}}
        await gateway.http.patch(f"/_control/portal/runs/{run_id}", json=drift)
        await gateway.edit(run_id, venue=synthetic_run()["venue"])
        assert (await gateway.viewed(run_id))["venue"]["room"] == "2A"
        assert gateway.world.store.runs[run_id].changed_by == "api"

    @pytest.mark.parametrize(
        ("path", "drift", "status"),
        [
            ("runs/1", {}, 404),
            ("runs/849900/sessions/none", {}, 404),
            ("runs/849900", {"set": {"content.intakeSize.x": 1}}, 422),
            ("runs/849900", {"set": {"sessions": "gone"}}, 422),
            ("runs/849900", {"put": {}}, 422),
            (f"runs/849900/sessions/{FIRST_SESSION}", {"set": {"start_date": "someday"}}, 422),
            (f"runs/849900/sessions/{FIRST_SESSION}", {"set": {"end_time": "25:00"}}, 422),
            (f"runs/849900/sessions/{FIRST_SESSION}", {"set": {"mode": None}}, 422),
        ],
    )
    async def test_drift_that_makes_no_sense_is_refused(
        self, gateway: Driver, path: str, drift: dict[str, Any], status: int
    ) -> None:
        await gateway.published()
        assert (await gateway.http.patch(f"/_control/portal/{path}", json=drift)).status_code == status


class TestState:
    async def test_counts_tell_what_became_of_calls(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        await gateway.publish(synthetic_run())
        await gateway.edit(run_id, intakeSize=1)
        await gateway.delete(run_id)
        counts = (await gateway.http.get("/_control/counts")).json()
        assert {name: count for name, count in counts.items() if count} == {
            "runs_created": 1,
            "runs_edited": 1,
            "runs_deleted": 1,
            "runs_refused_as_duplicate": 1,
            "calls.C1": 2,
            "accepted.C1": 1,
            "refused.C1": 1,
            "calls.C2": 1,
            "accepted.C2": 1,
            "calls.C3": 1,
            "accepted.C3": 1,
        }

    async def test_equal_runs_are_found_whatever_became_of_them(self, gateway: Driver) -> None:
        gateway.switch("duplicates.run", "allow")
        first = await gateway.published()
        second = await gateway.published()
        await gateway.published(scheduleInfo="another")
        await gateway.edit(second, intakeSize=1)
        check = "/_control/checks/equal-runs"
        standing = (await gateway.http.get(check)).json()
        await gateway.delete(first)
        assert standing == {"groups": [[first, second]], "surplus": 1}
        assert (await gateway.http.get(check)).json()["surplus"] == 0
        assert (await gateway.http.get(check, params={"deleted": True})).json()["surplus"] == 1

    async def test_it_is_dumped_and_forgotten(self, gateway: Driver) -> None:
        gateway.switch("identity.default_provider", OWN)
        await gateway.published(linkCourseRunTrainer=[new_trainer(inTrainingProviderProfile=True)])
        dumped = (await gateway.http.get("/_control/state")).json()
        await gateway.http.delete("/_control/state")
        empty = (await gateway.http.get("/_control/state")).json()
        assert [run["run_id"] for run in dumped["runs"]] == [849900]
        assert [trainer["provider"] for trainer in dumped["trainers"]] == [OWN]
        assert (empty["runs"], empty["trainers"], empty["counts"]) == ([], [], {})
        assert empty["switches"]["identity.default_provider"] == OWN
        assert (await gateway.http.get("/_control/journal")).json() == []

    async def test_everything_includes_switches_and_clock(self, gateway: Driver) -> None:
        gateway.switch("identity.default_provider", OTHER)
        await gateway.http.delete("/_control/state", params={"everything": True})
        assert gateway.world.switches.identity_default_provider is None
        assert gateway.world.clock.setting.frozen_at is None
