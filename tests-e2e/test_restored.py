"""Everything is lost but a backup and its keys. TPGateway, another system and people's screens know what was undone.

The last of the journeys: it takes the servers of the common system away, and leaves it as it was at the backup.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.demo.client import Api
from infra.demo.journey import Journey, draft_run, publish_run, takes_people, wait_until_synced
from infra.demo.people import new_trainee
from infra.local.layout import ROOT
from infra.subscriber_example.tests.conftest import Example
from libs.servers.account import remove_folder

pytestmark = [pytest.mark.e2e, pytest.mark.fault, pytest.mark.timeout(1500)]

WITHIN_S = 180
SYSTEM = "ledger"
FEES = {"full_fee": "400.00", "nett_fee": "120.00", "sponsorship": "INDIVIDUAL"}


@dataclass(slots=True)
class Backup:
    folder: Path
    keys: Path

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text())
        return found


def operator(system: Any, *command: str) -> subprocess.CompletedProcess[str]:
    """What an operator does, as the Makefile does it."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "TMS_PORT_BASE": str(system.layout.base), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def done(run: subprocess.CompletedProcess[str]) -> str:
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def until(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + WITHIN_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.2)
    return found


def enrol(journey: Journey, number: int) -> dict[str, Any]:
    """One more person on the run, until TPGateway has them."""
    api = journey.api
    until(lambda: takes_people(api, journey.run_id), "seats")
    wish = {"run_id": str(journey.run_id), "trainee_id": new_trainee(api, number)["id"], **FEES}
    path = f"/enrolments/{api.post('/enrolments', wish)['id']}"
    api.act(path, "confirm")
    until(lambda: api.get(path)["remote_id"], "the place at TPGateway")
    return dict(api.get(path))


def rename(api: Api, room: str, capacity: int) -> None:
    api.patch(f"/venues/{room}", {"capacity": capacity}, etag=api.etag(f"/venues/{room}"))


def there(system: Any) -> dict[str, int]:
    """What was ever created at TPGateway, and how much of what stands there stands twice."""
    counts = system.simulator.get("/counts").json()
    kinds = ("runs", "enrolments")
    doubles = {f"{kind} twice": system.simulator.get(f"/checks/equal-{kind}").json()["surplus"] for kind in kinds}
    return {"runs": counts["runs_created"], "enrolments": counts["enrolments_created"], **doubles}


@pytest.fixture
def ledger(system: Any, tmp_path: Path) -> Iterator[Example]:
    """Another system that hears of courses."""
    done(operator(system, "infra.subscribers", "add", SYSTEM, "--areas", "courses"))
    told = json.loads((system.layout.run / "subscribers" / f"{SYSTEM}.json").read_text())
    example = Example(told, tmp_path)
    yield example
    example.kill()
    done(operator(system, "infra.subscribers", "remove", SYSTEM))


def feed_cursor(system: Any) -> str:
    """Where every log ends now, as another system with the gateway's rights keeps it."""
    return str(read_feed(system, at_head="true").raise_for_status().json()["next_cursor"])


def read_feed(system: Any, **query: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": system.secrets.gateway_client_id,
        "client_secret": system.secrets.gateway_client_secret,
    }
    api = f"{system.gateway}/api/v1"
    token = httpx.post(f"{api}/auth/token", data=form, timeout=30).raise_for_status().json()["access_token"]
    return httpx.get(f"{api}/events/feed", params=query, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def told_on_screen(system: Any, last_event_id: str) -> Iterator[str]:
    """The lines of a stream of events that goes on after an id."""
    api = system.signed_in("ops")
    token = api.sign_in("ops@demo.example", system.secrets.people["ops"])
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": last_event_id}
    timeout = httpx.Timeout(30, read=60)
    with httpx.stream("GET", f"{system.gateway}/api/v1/events", headers=headers, timeout=timeout) as stream:
        yield from stream.iter_lines()


def test_a_system_whose_servers_are_lost_is_what_it_was_at_the_backup_and_goes_on(
    system: Any, ledger: Example, tmp_path: Path
) -> None:
    """
    Given a backup; and a run, a place and a changed room of after it, which TPGateway and another system have heard of,
    when database, broker and keys are lost, and backup and keys are restored on servers that are new,
    then records, audit log and numbers are those of the backup; cursors of the undone time are refused and say how
    to go on, and who does so hears all; what TPGateway holds of that time is found and adopted, and nothing stands
    there twice.
    """
    journey = system.walk(until="publish")
    wait_until_synced(journey)
    kept = enrol(journey, 1)
    drafted = system.walk(until="two trainers")
    draft_run(drafted)
    room = journey.api.post("/venues", {"name": "Demo Room (synthetic)", "capacity": 1})["id"]
    ledger.start()
    until(lambda: f"venue/{room} 1 sg.tms.venue.created.v1" in ledger.acts(), "the room's first event")
    backup = back_up(system, tmp_path)

    publish_run(drafted)
    wait_until_synced(drafted)
    undone_run, undone_place = drafted.remote_id, enrol(journey, 2)
    rename(journey.api, room, 20)
    until(lambda: f"venue/{room} 2 sg.tms.venue.changed.v1" in ledger.acts(), "the change that will be undone")
    ledger.kill()
    cursor, held = feed_cursor(system), there(system)

    lose_all_but(system, backup)
    restore(system, backup)
    system.wait_until_ready()

    assert_is_as_backed_up(system, backup, journey, drafted, room)
    assert_cursors_are_refused(system, cursor)
    assert_the_other_system_goes_on(system, ledger, journey, room)
    adopt_what_is_there(system, journey, undone_place)
    publish_run(drafted)
    wait_until_synced(drafted)
    assert drafted.remote_id == undone_run, "found there, not made a second time"
    assert there(system) == held

    assert enrol(journey, 3)["remote_id"] not in {kept["remote_id"], undone_place["remote_id"]}
    assert there(system) == {**held, "enrolments": held["enrolments"] + 1}


def back_up(system: Any, folder: Path) -> Backup:
    place = folder / "backup"
    said = done(operator(system, "infra.backup", "take", str(place)))
    backup = Backup(place, folder / "backup.keys")
    assert f"make restore FROM={place}" in said
    assert {path.stat().st_mode & 0o077 for path in (place, *place.iterdir(), backup.keys, *backup.keys.iterdir())} == {
        0
    }
    for secret in system.secrets.people.values():
        assert secret not in (place / "manifest.json").read_text()
    return backup


def lose_all_but(system: Any, backup: Backup) -> None:
    """The machine with the servers and the keys is gone; TPGateway is somewhere else."""
    done(operator(system, "infra.local", "down"))
    for server in ("postgres", "rabbitmq"):
        remove_folder(system.layout.run / "servers" / server)
    system.layout.secrets.unlink()
    assert backup.manifest["rows"]["enrolment.enrolment"] > 0


def restore(system: Any, backup: Backup) -> None:
    """First without the keys, which is refused in words that say what to do; then as those words say."""
    command = ("infra.backup", "restore", str(backup.folder), "--yes")
    refused = operator(system, *command)
    told = f"{backup.keys / 'secrets.json'} {system.layout.secrets}"
    assert refused.returncode == 1
    assert told in refused.stdout
    assert not (system.layout.run / "servers" / "postgres").exists()
    shutil.copy(backup.keys / "secrets.json", system.layout.secrets)
    system.layout.secrets.chmod(0o600)
    said = done(operator(system, *command))
    assert "the audit log holds" in said


def assert_is_as_backed_up(system: Any, backup: Backup, journey: Journey, drafted: Journey, room: str) -> None:
    """Numbers were compared by the command; here is what people and auditors see."""
    api = journey.api
    assert [place["trainee_id"] for place in api.all("/enrolments", run_id=str(journey.run_id))] != []
    assert len(api.all("/enrolments", run_id=str(journey.run_id))) == 1
    assert api.get(f"/course-runs/{drafted.run_id}")["status"] == "draft"
    assert api.get(f"/venues/{room}")["capacity"] == 1
    known = backup.manifest["audit"]
    verdict = system.signed_in("auditor").post("/audit/verify", {"known": known} if known else {})
    assert verdict["intact"], verdict
    told = system.signed_in("auditor").all("/audit/entries", action="operation.log_restored")
    assert len(until(lambda: told or None, "the restore in the audit log")) <= len(system.layout.services())


def assert_cursors_are_refused(system: Any, cursor: str) -> None:
    gone = read_feed(system, cursor=cursor)
    assert (gone.status_code, gone.json()["code"]) == (410, "feed_epoch")
    assert gone.json()["service"] in gone.json()["detail"]
    assert "Go on with next_cursor" in gone.json()["detail"]
    refused = set()
    while gone.status_code == httpx.codes.GONE:
        refused.add(gone.json()["service"])
        gone = read_feed(system, cursor=gone.json()["next_cursor"])
    assert gone.status_code == httpx.codes.OK
    assert len(refused) == len(system.layout.services())
    lines = told_on_screen(system, cursor)
    assert next(line for line in lines if line.startswith("event:")) == "event: reset"


def assert_the_other_system_goes_on(system: Any, ledger: Example, journey: Journey, room: str) -> None:
    """Its account and queue were lost with the broker: the operator makes them again, and it starts as ever."""
    done(operator(system, "infra.subscribers", "add", SYSTEM))
    ledger.start()
    rename(journey.api, room, 30)
    again = f"venue/{room} 2 sg.tms.venue.changed.v1"
    until(lambda: ledger.acts().count(again) == len(["undone", "made anew"]), f"the change made anew\n{ledger.log()}")
    assert ledger.acts().count(f"venue/{room} 1 sg.tms.venue.created.v1") == 1, "what is known is passed over"
    rename(journey.api, room, 31)
    until(lambda: f"venue/{room} 3 sg.tms.venue.changed.v1" in ledger.acts(), f"live events\n{ledger.log()}")


def adopt_what_is_there(system: Any, journey: Journey, undone: dict[str, Any]) -> None:
    """A comparison finds the place that only TPGateway knows; an operator adopts it, and it is one of ours again."""
    api, admin = journey.api, system.signed_in("admin")
    made = api.post("/sync/reconciliations", {"run_id": str(journey.run_id)})
    until(lambda: api.get(f"/sync/reconciliations/{made['id']}")["finished_at"], "the comparison")
    [missing] = api.all("/sync/discrepancies", run_id=str(journey.run_id))
    assert (missing["code"], missing["remote_ref"]) == ("ENR-02", undone["remote_id"])
    wish = {"action": "adopt", "reason": "made after the backup that was restored"}
    path = f"/sync/discrepancies/{missing['id']}"
    admin.post(f"{path}/resolve", wish, etag=admin.etag(path))

    def ours() -> list[dict[str, Any]]:
        places = [api.get(f"/enrolments/{one['id']}") for one in api.all("/enrolments", run_id=str(journey.run_id))]
        return [place for place in places if place["remote_id"] == undone["remote_id"]]

    until(ours, "the adopted place")
