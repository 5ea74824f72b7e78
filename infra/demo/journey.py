"""A course run's way: created with the official field shapes, published, sent to TPGateway, and back as `synced`.

Everything is synthetic. The journey may be walked as often as one likes: it finds the course, venue and trainers of an
earlier walk and takes the next free dates.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from infra.demo.cast import Cast
from infra.demo.client import Api, Refusal
from libs.sources import SINGAPORE, singapore_day

COURSE = "TGS-2026000123"
SESSIONS = 4
DAYS_AHEAD = 30
TRIES_FOR_A_DATE = 60
SYNCED_WITHIN_S = 60.0
AUDITED_WITHIN_S = 30.0


class JourneyStopped(RuntimeError):
    """Something never came; the message says what was waited for and what was seen last."""


@dataclass(slots=True)
class Journey:
    """One walk: what it works with, and what it has found out so far."""

    cast: Cast
    simulator_url: str
    days_ahead: int = DAYS_AHEAD
    """How long from today its run begins, or later if those days are taken."""
    plan: dict[str, Any] = field(default_factory=dict)
    """What this walk's run has other than the demo's."""
    course_id: str = ""
    venue_id: str = ""
    trainers: list[dict[str, Any]] = field(default_factory=list)
    run: dict[str, Any] = field(default_factory=dict)
    timeline: dict[str, Any] = field(default_factory=dict)
    audit: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, Any] = field(default_factory=dict)

    @property
    def api(self) -> Api:
        """Ops staff, who do most of it."""
        return self.cast["ops"]

    @property
    def today(self) -> date:
        return singapore_day(self.cast.now())

    @property
    def run_id(self) -> UUID:
        return UUID(self.run["id"])

    @property
    def remote_id(self) -> str:
        return str(self.run["sync"]["remote_id"])


Step = tuple[str, Callable[[Journey], str]]


def steps() -> Iterator[Step]:
    """The walk, step by step; each answers one line about what it did."""
    yield "a course TPGateway knows", find_or_make_course
    yield "a venue", find_or_make_venue
    yield "two trainers", find_or_make_trainers
    yield "a draft with four sessions", draft_run
    yield "publish", publish_run
    yield "TPGateway has it", wait_until_synced
    yield "it arrived encrypted and whole", look_at_the_other_side
    yield "the sync timeline", read_timeline
    yield "the audit log", read_audit


def find_or_make_course(journey: Journey) -> str:
    found = [course for course in journey.api.all("/courses") if course["reference"] == COURSE]
    if found:
        course = found[0]
    else:
        today = journey.today
        course = journey.api.post(
            "/courses",
            {
                "reference": COURSE,
                "title": "Basic Wok Safety (synthetic)",
                "funded": True,
                "support_from": str(today - timedelta(days=30)),
                "support_to": str(today + timedelta(days=720)),
                "planned_minutes": 4 * 180,
                "modes": ["1", "8"],
            },
        )
    journey.course_id = course["id"]
    return f"{course['reference']}  {course['title']}"


def find_or_make_venue(journey: Journey) -> str:
    name = "Demo Kitchen (synthetic)"
    found = [venue for venue in journey.api.all("/venues") if venue["name"] == name]
    wish = {
        "name": name, "street": "Demo Road", "floor": "02", "unit": "11", "postal_code": "408533", "room": "2A",
        "wheelchair_access": True, "capacity": 24,
    }  # fmt: skip
    venue = found[0] if found else journey.api.post("/venues", wish)
    journey.venue_id = venue["id"]
    return f"{name}, room {venue['room']}"


def find_or_make_trainers(journey: Journey) -> str:
    """One TPGateway knows already, found by number alone; and one who is new to it. Both numbers are synthetic."""
    wishes = [
        {
            "name": "Demo Trainer One (synthetic)", "email": "trainer.one@example.com", "id_type": "SP",
            "id_number": "S1234567D", "roles": [1, 2], "existing": True, "user_id": journey.cast.account("trainer"),
        },
        {
            "name": "Demo Trainer Two (synthetic)", "email": "trainer.two@example.com", "id_type": "SP",
            "id_number": "T0000001E", "roles": [1, 2], "salutation": 2, "user_id": journey.cast.account("assessor"),
            "domain_area_of_practice": "Wok hei and kitchen safety",
        },
    ]  # fmt: skip
    known = {trainer["name"]: trainer for trainer in journey.api.all("/trainers")}
    journey.trainers = [_with_account(journey, known.get(wish["name"]), wish) for wish in wishes]
    return ", ".join(f"{trainer['name']} {trainer['id_number']}" for trainer in journey.trainers)


def _with_account(journey: Journey, known: dict[str, Any] | None, wish: dict[str, Any]) -> dict[str, Any]:
    """The trainer, tied to the demo login that may see their runs."""
    if known is None:
        return dict(journey.api.post("/trainers", wish))
    if known["user_id"] == wish["user_id"] and known["roles"] == wish["roles"]:
        return known
    path = f"/trainers/{known['id']}"
    changed = {"user_id": wish["user_id"], "roles": wish["roles"]}
    return dict(journey.api.patch(path, changed, etag=journey.api.etag(path)))


def draft_run(journey: Journey) -> str:
    start_on = journey.today + timedelta(days=journey.days_ahead)
    for _ in range(TRIES_FOR_A_DATE):
        try:
            journey.run = journey.api.post("/course-runs", run_wish(journey, start_on))
        except Refusal as refusal:
            if refusal.problem.get("code") != "slot_taken":
                raise
            start_on += timedelta(days=2)
        else:
            return f"{journey.run['start_on']} to {journey.run['end_on']}, run {journey.run['id']}"
    raise JourneyStopped("no free dates for the demo's trainers; `make reset` starts anew")


def publish_run(journey: Journey) -> str:
    path = f"/course-runs/{journey.run_id}"
    journey.run = journey.api.post(f"{path}/publish", {}, etag=journey.api.etag(path))
    return f"status {journey.run['status']}, sync {journey.run['sync']['state']}"


def wait_until_synced(journey: Journey) -> str:
    def synced() -> bool:
        journey.run = journey.api.get(f"/course-runs/{journey.run_id}")
        return journey.run["sync"]["state"] == "synced" and all(
            session["remote_id"] for session in journey.run["sessions"]
        )

    wait_until(synced, SYNCED_WITHIN_S, lambda: f"sync is {journey.run.get('sync')}")
    names = ", ".join(session["remote_id"] for session in journey.run["sessions"])
    return f"run {journey.remote_id}, sessions {names}"


def look_at_the_other_side(journey: Journey) -> str:
    """What the simulator's journal holds of the publish call: ciphertext in, our run inside."""
    query: dict[str, str | int] = {"operation": "C1", "limit": 500}
    journal = httpx.get(f"{journey.simulator_url}/_control/journal", params=query, timeout=10).json()
    calls = [call for call in journal if {"id": int(journey.remote_id)} in _runs_of(call)]
    if len(calls) != 1 or not calls[0]["encrypted"]:
        raise JourneyStopped(f"the simulator's journal holds {len(calls)} encrypted publish calls of this run, not one")
    journey.sent = calls[0]
    wire = journey.sent["request"]["course"]["runs"][0]
    return f"one call, {len(wire['sessions'])} sessions, {len(wire['linkCourseRunTrainer'])} trainers, as ciphertext"


def read_timeline(journey: Journey) -> str:
    journey.timeline = journey.api.get(f"/sync/records/run/{journey.run_id}")
    return f"{len(journey.timeline['jobs'])} jobs"


def read_audit(journey: Journey) -> str:
    """The run's own entries and those of its submission; the log hears everything a moment later."""
    auditor = journey.cast["auditor"]

    def complete() -> bool:
        own = auditor.all("/audit/entries", subject_type="run", subject_id=str(journey.run_id))
        sync = auditor.all("/audit/entries", subject_type="sync", subject_id=str(journey.run_id))
        journey.audit = sorted([*own, *sync], key=lambda entry: entry["seq"])
        actions = {entry["action"] for entry in journey.audit}
        return {"run.created", "run.published", "sync.succeeded", "run.sync_recorded"} <= actions

    wait_until(complete, AUDITED_WITHIN_S, lambda: f"entries {[entry['action'] for entry in journey.audit]}")
    return f"{len(journey.audit)} entries"


def _runs_of(call: dict[str, Any]) -> list[dict[str, Any]]:
    reply = call.get("reply") or {}
    return list((reply.get("data") or {}).get("runs", []))


def run_wish(journey: Journey, start_on: date) -> dict[str, Any]:
    """A draft of two days with four sessions, for the journey's course, venue and trainers."""
    today = journey.today
    times = [(start_on + timedelta(days=number // 2), 9 if number % 2 == 0 else 14) for number in range(SESSIONS)]
    sessions = [
        {
            "start_at": datetime(day.year, day.month, day.day, hour, tzinfo=SINGAPORE).astimezone(UTC).isoformat(),
            "end_at": datetime(day.year, day.month, day.day, hour + 3, tzinfo=SINGAPORE).astimezone(UTC).isoformat(),
            "mode_of_training": "1" if number < SESSIONS - 1 else "8",
        }
        for number, (day, hour) in enumerate(times)
    ]
    return {
        "course_id": journey.course_id,
        "registration_opens_on": str(today),
        "registration_closes_on": str(start_on - timedelta(days=3)),
        "start_on": str(start_on),
        "end_on": str(start_on + timedelta(days=1)),
        "intake_size": 20,
        "threshold": 2,
        "mode_of_training": "1",
        "schedule_info": f"Two days from {start_on:%d %B %Y}, 9am to 5pm",
        "admin_email": "ops@example.com",
        "venue_id": journey.venue_id,
        "trainers": [{"trainer_id": trainer["id"], "roles": trainer["roles"]} for trainer in journey.trainers],
        "sessions": sessions,
        **journey.plan,
    }


def takes_people(api: Api, run_id: UUID | str) -> bool:
    """Whether people can be enrolled on a run that was published: enrolment hears of that a moment later."""
    try:
        seats = api.get(f"/enrolments/seats/{run_id}")
    except Refusal as refusal:
        if refusal.status == httpx.codes.NOT_FOUND:
            return False
        raise
    return bool(seats["run_status"] != "draft")


def wait_until(condition: Callable[[], bool], within_s: float, seen: Callable[[], str]) -> None:
    """Return once it holds; raises JourneyStopped with what was seen last."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise JourneyStopped(f"not within {within_s:.0f} s; {seen()}")
        time.sleep(0.2)
