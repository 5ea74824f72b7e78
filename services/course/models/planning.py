"""The rules a planned session and a run's dates must keep, each broken one named with its field and its repair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.errors import FieldError
from libs.sources import singapore_day
from services.course.models.codes import Mode
from services.course.models.policy import Policy

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A wish for one session. `field` is where it stands in the request; None for room or people means the run's."""

    field: str
    start_at: datetime
    end_at: datetime
    mode: Mode
    venue_id: UUID | None = None
    trainer_ids: frozenset[UUID] | None = None

    def at(self, name: str) -> str:
        return f"{self.field}.{name}" if self.field else name

    @property
    def first_day(self) -> date:
        return singapore_day(self.start_at)

    @property
    def last_day(self) -> date:
        """The end is exclusive: a session until midnight ends on the day before."""
        return singapore_day(self.end_at - _INSTANT)


def date_problems(
    *, registration_opens_on: date, registration_closes_on: date, start_on: date, end_on: date
) -> list[FieldError]:
    """Registration opens, closes, then the run starts and ends; equal days are fine."""
    pairs = (
        ("registration_closes_on", registration_opens_on, registration_closes_on, "registration_opens_on"),
        ("start_on", registration_closes_on, start_on, "registration_closes_on"),
        ("end_on", start_on, end_on, "start_on"),
    )
    return [
        FieldError(
            field, "date_order", f"{field} lies before {earlier}.", f"Choose {first.isoformat()} or a later day."
        )
        for field, first, second, earlier in pairs
        if second < first
    ]


def slot_problems(
    slot: Slot, *, start_on: date, end_on: date, modes: Sequence[str], policy: Policy
) -> list[FieldError]:
    """What is wrong with an ordinary session of a run with these dates."""
    found = _shape_problems(slot, modes=modes, policy=policy)
    if slot.first_day < start_on or slot.last_day > end_on:
        fix = f"Keep it from {start_on.isoformat()} to {end_on.isoformat()} (Singapore days), or reschedule the run."
        found.append(FieldError(slot.at("start_at"), "outside_run", "The session lies outside the run's dates.", fix))
    return found


def makeup_problems(slot: Slot, *, end_on: date, modes: Sequence[str], policy: Policy) -> list[FieldError]:
    """What is wrong with a make-up session: it may lie after the run, inside the window that keeps its funding."""
    found = _shape_problems(slot, modes=modes, policy=policy)
    last = policy.last_makeup_day(end_on)
    if slot.last_day > last:
        message = f"A make-up session keeps its funding only {policy.makeup_window_days} days past the run's end."
        found.append(FieldError(slot.at("start_at"), "outside_makeup_window", message, f"End by {last.isoformat()}."))
    return found


def too_late(slot: Slot, *, now: datetime) -> list[FieldError]:
    """TPGateway takes no session that has begun."""
    if slot.start_at > now:
        return []
    message = "The session has begun already; TPGateway takes only those that lie ahead."
    return [FieldError(slot.at("start_at"), "already_started", message, "Choose a time that lies ahead.")]


def _shape_problems(slot: Slot, *, modes: Sequence[str], policy: Policy) -> list[FieldError]:
    found: list[FieldError] = []
    if slot.end_at <= slot.start_at:
        message, fix = "The session ends before it starts.", "Choose an end after the start."
        return [FieldError(slot.at("end_at"), "time_order", message, fix)]
    if not slot.mode.self_paced and slot.end_at - slot.start_at > policy.session_max:
        message = f"A session lasts at most {policy.session_max_minutes} minutes."
        found.append(FieldError(slot.at("end_at"), "too_long", message, "Split it into several sessions."))
    if modes and slot.mode.value not in modes:
        message = f"The course is not approved for mode of training {slot.mode.value}."
        found.append(FieldError(slot.at("mode_of_training"), "mode", message, f"Choose one of {', '.join(modes)}."))
    if slot.mode.online and slot.venue_id is not None:
        message = "An online session has no room."
        found.append(FieldError(slot.at("venue_id"), "online_has_no_room", message, "Leave the venue out."))
    return found
