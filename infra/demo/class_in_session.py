"""A run that is taught right now: twenty people with seats, and sessions that have just begun. No clock is moved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from infra.demo.client import Refusal
from infra.demo.journey import Journey, JourneyStopped, publish_run, takes_people, wait_until
from infra.demo.people import new_trainee
from libs.sources import singapore_day

PEOPLE: Final = 20
SESSIONS: Final = 3
SOON: Final = timedelta(minutes=1)
"""How long before its first session the run is moved there: TPGateway is to hear of it before a session has begun."""
AWAY: Final = timedelta(days=1)
"""It is planned for another day and then moved: only who has a seat before a session begins stands on its sheet."""
LENGTH: Final = timedelta(minutes=1)
LAST_AFTER: Final = timedelta(minutes=25)
"""The last session begins so much after the first: for the better part of an hour people may check in to it."""
TRIES: Final = 60
KNOWN_WITHIN_S: Final = 60.0
BEGUN_WITHIN_S: Final = 1_200.0


@dataclass(frozen=True, slots=True)
class ClassInSession:
    """Nobody is marked. Every session but the last has begun; for that one people may check in already."""

    journey: Journey
    run: dict[str, Any]

    @property
    def run_id(self) -> str:
        return str(self.run["id"])

    @property
    def session_ids(self) -> list[str]:
        return [str(each["id"]) for each in sorted(self.run["sessions"], key=lambda session: session["sequence"])]

    def sheet(self, session_id: str) -> dict[str, Any]:
        return dict(self.journey.api.get(f"/attendance/sheets/{session_id}"))

    def states(self, session_id: str) -> list[str]:
        """In the order of names, as every register shows them."""
        return [str(line["state"]) for line in self.sheet(session_id)["lines"]]


def begin_class(journey: Journey) -> ClassInSession:
    """`journey` has found its course, venue and trainers. Returns once all sessions but the last have begun."""
    _find_room(
        journey, journey.cast.now() + AWAY, AWAY, lambda at: journey.api.post("/course-runs", _wish(journey, at))
    )
    publish_run(journey)
    wait_until(
        lambda: takes_people(journey.api, journey.run_id),
        KNOWN_WITHIN_S,
        lambda: "enrolment knows of no seats",
    )
    for number in range(1, PEOPLE + 1):
        _seat(journey, number)
    begun_at = _move_to_now(journey) + (SESSIONS - 2) * LENGTH
    wait_until(lambda: journey.cast.now() >= begun_at, BEGUN_WITHIN_S, lambda: f"it begins {begun_at}")
    taught = ClassInSession(journey, journey.run)
    for session_id in taught.session_ids:
        wait_until(lambda: len(taught.states(session_id)) == PEOPLE, KNOWN_WITHIN_S, lambda: taught.run_id)  # noqa: B023 - called at once
    return taught


def _move_to_now(journey: Journey) -> datetime:
    """When its first session begins."""
    path = f"/course-runs/{journey.run_id}"
    ids = [each["id"] for each in sorted(journey.run["sessions"], key=lambda session: session["sequence"])]

    def move(start_at: datetime) -> Any:
        sessions = [
            {"session_id": session_id, **times} for session_id, times in zip(ids, _times(start_at), strict=True)
        ]
        return journey.api.act(path, "reschedule", **_days(start_at), sessions=sessions, reason="it is taught now")

    return _find_room(journey, journey.cast.now() + SOON, LENGTH, move)


def _find_room(journey: Journey, start_at: datetime, step: timedelta, plan: Callable[[datetime], Any]) -> datetime:
    """Plan it from that minute on, or behind whatever else the trainer teaches meanwhile."""
    start_at = start_at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    for _ in range(TRIES):
        try:
            journey.run = plan(start_at)
        except Refusal as refusal:
            if refusal.problem.get("code") != "slot_taken":
                raise
            start_at += step
        else:
            return start_at
    raise JourneyStopped("the demo's trainer is booked throughout")


def _times(start_at: datetime) -> list[dict[str, str]]:
    begin = [*(start_at + number * LENGTH for number in range(SESSIONS - 1)), start_at + LAST_AFTER]
    return [
        {"start_at": at.astimezone(UTC).isoformat(), "end_at": (at + LENGTH).astimezone(UTC).isoformat()}
        for at in begin
    ]


def _days(start_at: datetime) -> dict[str, str]:
    return {
        "registration_closes_on": str(singapore_day(start_at)),
        "start_on": str(singapore_day(start_at)),
        "end_on": str(singapore_day(start_at + LAST_AFTER + LENGTH)),
    }


def _wish(journey: Journey, start_at: datetime) -> dict[str, Any]:
    trainer = journey.trainers[0]
    return {
        "course_id": journey.course_id,
        "registration_opens_on": str(journey.today),
        **_days(start_at),
        "intake_size": PEOPLE,
        "mode_of_training": "1",
        "schedule_info": "Sessions of a minute, now",
        "admin_email": "ops@example.com",
        "venue_id": journey.venue_id,
        "trainers": [{"trainer_id": trainer["id"], "roles": trainer["roles"]}],
        "sessions": [{**times, "mode_of_training": "1"} for times in _times(start_at)],
    }


def _seat(journey: Journey, number: int) -> None:
    trainee = new_trainee(journey.api, number)
    wish = {
        "run_id": str(journey.run_id),
        "trainee_id": trainee["id"],
        "sponsorship": "INDIVIDUAL",
        "full_fee": "400.00",
        "nett_fee": "120.00",
    }
    place = journey.api.post("/enrolments", wish)
    journey.api.act(f"/enrolments/{place['id']}", "confirm")
