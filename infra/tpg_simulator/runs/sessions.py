"""Sessions inside a publish or edit request: read, checked, and given the times their mode allows."""

from typing import Any

from infra.tpg_simulator.codes import MODES_WITHOUT_VENUE
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.records import Json, Session
from infra.tpg_simulator.refusals import Problems
from infra.tpg_simulator.runs.rules import check_venue
from infra.tpg_simulator.runs.shapes import SESSION, VENUE_NAMES


def read_session(source: Any, path: str, run_content: Json | None, problems: Problems) -> Session | None:
    """Read one whole session, still without an id; None after telling what is wrong.

    `run_content` is None where the run's own fields are wrong: then only the session's fields are looked at.
    """
    if not isinstance(source, dict):
        problems.add(path, "Must be an object.")
        return None
    before = len(problems.details)
    found = read_fields(SESSION, source, path, problems)
    if len(problems.details) > before or run_content is None:
        return None
    mode = found["modeOfTraining"]
    venue = settle_venue(found.get("venue"), run_content)
    if mode not in MODES_WITHOUT_VENUE:
        check_venue(venue, f"{path}.venue", problems)
    given = _session(found, venue)
    effective = with_times_of_mode(given)
    if given.starts_at > given.ends_at or effective.starts_at > effective.ends_at:
        problems.add(path, "Session start must not be after its end.")
    return effective if len(problems.details) == before else None


def settle_venue(venue: Json | None, run_content: Json) -> Json | None:
    """Take the session's own venue, or the run's where `primaryVenue` asks for it."""
    if venue is None:
        return None
    if venue.get("primaryVenue"):
        return dict(run_content.get("venue", {}))
    return {name: value for name, value in venue.items() if name in VENUE_NAMES}


def _session(found: Json, venue: Json | None) -> Session:
    return Session(
        session_id="",
        start_date=found["startDate"],
        end_date=found["endDate"],
        start_time=found["startTime"],
        end_time=found["endTime"],
        mode=found["modeOfTraining"],
        venue=venue,
    )


def with_times_of_mode(session: Session) -> Session:
    """Self-paced and on-the-job sessions last whole days; all others are of one day, whatever end date was sent."""
    if session.mode in MODES_WITHOUT_VENUE:
        return session.model_copy(update={"start_time": "00:00", "end_time": "23:59", "venue": None})
    return session.model_copy(update={"end_date": session.start_date})


def as_request(session: Session) -> Json:
    """Write a stored session in the words of a request, so that an edit can be laid over it."""
    return {
        "startDate": session.start_date,
        "endDate": session.end_date,
        "startTime": session.start_time,
        "endTime": session.end_time,
        "modeOfTraining": session.mode,
        "venue": session.venue,
    }
