"""What stands before the storm: runs whose sessions are over, one of them marked, and runs that take people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from infra.chaos.diary import Diary
from infra.chaos.roll import Person, people, table
from infra.chaos.stage import Stage
from infra.demo.cast import Cast
from infra.demo.client import Api
from infra.demo.journey import (
    Journey,
    draft_run,
    find_or_make_course,
    find_or_make_trainers,
    find_or_make_venue,
    publish_run,
    takes_people,
    wait_until,
    wait_until_synced,
)

TAUGHT, SEATED = 3, 8
OPEN, INTAKE = 4, 14
TEACHING_FROM, OPEN_FROM = 10, 40
WITHIN_S: Final = 120.0
LOCK_HOURS: Final = 24 * 60
"""Sheets stay open to the trainer however far the time is moved ahead."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A run that is over, with everybody who sat in it."""

    run: dict[str, Any]
    places: list[str]

    @property
    def sessions(self) -> list[dict[str, Any]]:
        return sorted(self.run["sessions"], key=lambda session: session["sequence"])

    @property
    def unsteady(self) -> list[str]:
        """Whose marks are disputed; the others were there all the time, so that they can be assessed."""
        return self.places[: SEATED // 3]


@dataclass(slots=True)
class Scene:
    """What the writers work on."""

    journey: Journey
    taught: list[Taught]
    open_runs: list[str]


def set_scene(standing: Stage, diary: Diary) -> tuple[Scene, Iterator[Person]]:
    """Made through the public API while all is well; the system's time is moved once, past the last session.

    Answers also who is nobody yet: the people the writers may bring.
    """
    cast = Cast(standing.layout, secrets=standing.secrets)
    newcomers = people()
    try:
        journey = Journey(cast, standing.simulator, TEACHING_FROM)
        for prepare in (find_or_make_course, find_or_make_venue, find_or_make_trainers):
            prepare(journey)
        _keep_sheets_open(cast["admin"], journey)
        taught = _teach(_published(journey, TAUGHT, TEACHING_FROM, SEATED), newcomers)
        ends = max(datetime.fromisoformat(one.sessions[-1]["end_at"]) for one in taught)
        cast.wait_for(ends + timedelta(hours=1))
        for one in taught:
            _wait_until_held(cast["ops"], one)
        _mark(cast["trainer"], taught[0], diary)
        open_runs = [one.run["id"] for one in _published(journey, OPEN, OPEN_FROM, INTAKE)]
        scene = Scene(journey, taught, open_runs)
        diary.runs |= {UUID(run_id) for run_id in (*scene.open_runs, *(one.run["id"] for one in taught))}
        return scene, newcomers
    finally:
        cast.close()


def _keep_sheets_open(admin: Api, journey: Journey) -> None:
    wish = {
        "effective_from": str(journey.today + timedelta(days=1)),
        "lock_hours": LOCK_HOURS,
        "check_in_early_minutes": 30,
        "check_in_close_minutes": 30,
        "threshold_pct": 75,
        "reason": "the storm needs time",
    }
    admin.post("/attendance/policy", wish)


def _published(journey: Journey, many: int, days_ahead: int, intake: int) -> list[Journey]:
    """So many runs one after the other, known to enrolment; TPGateway hears of them meanwhile."""
    made = []
    for _ in range(many):
        one = Journey(
            journey.cast,
            journey.simulator_url,
            days_ahead,
            plan={"intake_size": intake, "threshold": 0},
            course_id=journey.course_id,
            venue_id=journey.venue_id,
            trainers=journey.trainers,
        )
        draft_run(one)
        publish_run(one)
        made.append(one)
        days_ahead = (date.fromisoformat(one.run["end_on"]) - journey.today).days + 1
    ids = [str(one.run["id"]) for one in made]
    wait_until(lambda: all(takes_people(journey.api, one) for one in ids), WITHIN_S, lambda: "runs are not heard of")
    return made


def _teach(runs: list[Journey], newcomers: Iterator[Person]) -> list[Taught]:
    """Runs with their people, who come in one spreadsheet; all of it known to TPGateway."""
    ops = runs[0].api
    rows = [next(newcomers).row(one.run["id"]) for one in runs for _ in range(SEATED)]
    path = f"/enrolments/imports/{ops.send_file('/enrolments/import', table(rows))['id']}"
    wait_until(lambda: ops.get(path)["status"] == "checked", WITHIN_S, lambda: str(ops.get(path)))
    ops.act(path, "commit", confirm=True)
    wait_until(lambda: ops.get(path)["status"] == "committed", WITHIN_S, lambda: str(ops.get(path)))
    for one in runs:
        wait_until_synced(one)
    return [Taught(one.run, _places_of(ops, one.run["id"])) for one in runs]


def _places_of(ops: Api, run_id: str) -> list[str]:
    """Everybody on the run, once TPGateway has all of them."""
    places: list[dict[str, Any]] = []

    def all_there() -> bool:
        places[:] = ops.all("/enrolments", run_id=run_id)
        return len(places) == SEATED and all(place["sync_state"] == "synced" for place in places)

    wait_until(all_there, WITHIN_S, lambda: f"places are {[place['sync_state'] for place in places]}")
    return sorted(place["id"] for place in places)


def _wait_until_held(ops: Api, taught: Taught) -> None:
    """Attendance has heard that the sessions were held, and has everybody on the sheets."""

    def held() -> bool:
        sheets = ops.get("/attendance/sheets", run_id=taught.run["id"])
        return all(sheet["session_status"] == "held" for sheet in sheets)

    wait_until(held, WITHIN_S, lambda: str(ops.get("/attendance/sheets", run_id=taught.run["id"])))
    wait_until(lambda: all(_full(ops, session) for session in taught.sessions), WITHIN_S, lambda: "a sheet is not full")


def _mark(trainer: Api, taught: Taught, diary: Diary) -> None:
    """Everybody present all the time, so that the assessor may begin."""
    for session in taught.sessions:
        answer = trainer.post("/attendance", {"session_id": session["id"], "all_present": True})
        for line in answer["outcomes"]:
            diary.revisions[UUID(line["attendance_id"]), line["revision"]] = line["state"]


def _full(ops: Api, session: dict[str, Any]) -> bool:
    return len(ops.get(f"/attendance/sheets/{session['id']}")["lines"]) == SEATED
