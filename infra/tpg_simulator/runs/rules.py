"""What must hold between the fields of a run and its sessions, once each field by itself is right."""

from datetime import date, datetime

from infra.tpg_simulator.codes import MODES_WITHOUT_VENUE
from infra.tpg_simulator.records import Json, Session
from infra.tpg_simulator.refusals import Problems
from infra.tpg_simulator.runs.shapes import REQUIRED_VENUE_PARTS, SCHEDULE_INFO_GUIDE_LENGTH
from infra.tpg_simulator.switches import Switches


def check_run(content: Json, path: str, problems: Problems, switches: Switches) -> None:
    """Check order of dates, seats and venue. What a portal edit took out of the stored run is passed over."""
    registration, course = content.get("registrationDates", {}), content.get("courseDates", {})
    opening, closing = registration.get("opening"), registration.get("closing")
    start, end = course.get("start"), course.get("end")
    if opening and closing and opening > closing:
        problems.add(f"{path}.registrationDates", "Registration opening date must not be after the closing date.")
    if start and end and start > end:
        problems.add(f"{path}.courseDates", "Course start date must not be after the end date.")
    check_seats(content, path, problems)
    if content.get("modeOfTraining") not in {None, *MODES_WITHOUT_VENUE}:
        check_venue(content.get("venue"), f"{path}.venue", problems)
    if switches.checks_dates_strictly and closing and start and closing > start:
        problems.add(f"{path}.registrationDates.closing", "Registration must close on or before the course start.")
    if switches.profile == "strict" and len(content.get("scheduleInfo", "")) > SCHEDULE_INFO_GUIDE_LENGTH:
        problems.add(f"{path}.scheduleInfo", f"Must not be longer than {SCHEDULE_INFO_GUIDE_LENGTH} characters.")


def check_seats(content: Json, path: str, problems: Problems) -> None:
    intake = content.get("intakeSize")
    registered = content.get("registeredUserCount", 0)
    if intake is not None and registered > intake + content.get("threshold", 0):
        problems.add(f"{path}.registeredUserCount", "Must not be more than intake size plus threshold.")


def check_venue(venue: Json | None, path: str, problems: Problems) -> None:
    for part in REQUIRED_VENUE_PARTS:
        if not (venue or {}).get(part, "").strip():
            problems.add(f"{path}.{part}", "This field is required for this mode of training.")


def check_opening(content: Json, path: str, problems: Problems, *, today: date, switches: Switches) -> None:
    """Refuse a registration that opened before it was published."""
    opening = content.get("registrationDates", {}).get("opening")
    if switches.publish_past_registration == "refuse" and opening and opening < int(today.strftime("%Y%m%d")):
        problems.add(f"{path}.registrationDates.opening", "Registration opening date must not be in the past.")


def check_session_inside(session: Session, content: Json, path: str, problems: Problems) -> None:
    course = content.get("courseDates", {})
    start, end = course.get("start"), course.get("end")
    if not (start and end):
        return
    if int(session.start_date) < start or int(session.end_date) > end:
        problems.add(path, "Session must lie inside the course dates.")


def check_not_ended(session: Session, path: str, problems: Problems, *, now: datetime, switches: Switches) -> None:
    """Refuse to create a session that is over: the real gateway takes those from a spreadsheet only."""
    if switches.publish_ended_sessions == "refuse" and session.ends_at <= now:
        problems.add(path, "A session that has ended cannot be created.")
