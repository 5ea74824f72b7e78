"""Sessions: inside their run, in the right order, and only changed while they may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from libs.sources import SINGAPORE, singapore_day
from libs.tpgateway.course_runs.parts import CourseDates, RunVenue
from libs.tpgateway.course_runs.requests import SessionEdit
from libs.tpgateway.rules.fields import judge_fields
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.ruleset import RuleSet
from libs.tpgateway.rules.venues import judge_venue

_LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Around:
    """What a session is judged against: the moment, and what the same request says of the run."""

    now: datetime
    run_dates: CourseDates
    unjudged_venue: RunVenue | None = None
    """The run's venue where the run itself needs none, but a session that copies it may."""


def judge_session(session: SessionEdit, at: str, around: Around, ruleset: RuleSet) -> Iterator[Finding]:
    """A session that is to be added, changed or removed, as its `action` says."""
    if session.action == "delete":
        yield from judge_fields(session.body(), at, "session", {"named"}, ruleset)
        yield from _begun(session, at, around, ruleset)
        return
    yield from judge_fields(session.body(), at, "session", _circumstances(session, ruleset), ruleset)
    yield from _named(session, at)
    yield from _place(session, at, around, ruleset)
    yield from _order(session, at, ruleset)
    yield from _inside(session, at, around.run_dates)
    if _is_new(session):
        yield from _ended(session, at, around, ruleset)
    else:
        yield from _begun(session, at, around, ruleset)


def _is_new(session: SessionEdit) -> bool:
    return session.action == "add" or (session.action is None and session.session_id is None)


def _named(session: SessionEdit, at: str) -> Iterator[Finding]:
    """A session that TPGateway has is changed or removed, and a new one has no id yet."""
    if session.session_id and session.action not in {"update", "delete"}:
        message = "A session with an id is one TPGateway has; the action has to say what becomes of it."
        yield Finding(f"{at}.action", "action_and_id", message, "Say update or delete, or leave the id out.")


def _circumstances(session: SessionEdit, ruleset: RuleSet) -> set[str]:
    if not _is_new(session):
        return {"named", "changed"}
    return {"new", "placed"} if ruleset.needs_place(session.mode_of_training) else {"new"}


def _place(session: SessionEdit, at: str, around: Around, ruleset: RuleSet) -> Iterator[Finding]:
    if session.venue is None:
        return
    needed = ruleset.needs_place(session.mode_of_training)
    if session.venue.primary_venue is not True:
        yield from judge_venue(session.venue, f"{at}.venue", needed=needed, ruleset=ruleset)
        return
    # TPGateway copies the run's venue, which is judged there when the run needs one.
    yield from judge_venue(session.venue, f"{at}.venue", needed=False, ruleset=ruleset)
    if needed and around.unjudged_venue is not None:
        yield from judge_venue(around.unjudged_venue, f"{at}.venue", needed=True, ruleset=ruleset)


def _order(session: SessionEdit, at: str, ruleset: RuleSet) -> Iterator[Finding]:
    start, end = session.start_date, session.end_date
    if start is None or end is None:
        return
    if start > end:
        fix = f"Choose {start} or later."
        yield Finding(f"{at}.endDate", "before_start", "The session ends before it starts.", fix)
        return
    one_day = start == end
    if not one_day and ruleset.is_timed(session.mode_of_training):
        message = "TPGateway keeps a session of this mode within its first day."
        yield Finding(f"{at}.endDate", "several_days", message, "Make it one session for each day.")
        one_day = True
    if one_day and session.start_time and session.end_time and session.start_time > session.end_time:
        fix = f"Choose {session.start_time:%H:%M} or later."
        yield Finding(f"{at}.endTime", "before_start", "The session ends before it starts.", fix)


def _inside(session: SessionEdit, at: str, run: CourseDates) -> Iterator[Finding]:
    if run.start is None or run.end is None:
        return
    for name, day in (("startDate", session.start_date), ("endDate", session.end_date)):
        if day is not None and not run.start <= day <= run.end:
            fix = f"Move it between {run.start} and {run.end}, or widen the run."
            yield Finding(f"{at}.{name}", "outside_run", "The session lies outside the run's dates.", fix)


def _ended(session: SessionEdit, at: str, around: Around, ruleset: RuleSet) -> Iterator[Finding]:
    if session.end_date is None or session.end_time is None:
        return
    end = _instant(session.end_date, _LAST_MINUTE)
    if ruleset.is_timed(session.mode_of_training):
        # A session that is kept within its first day is over on that day, whatever else is said.
        end = _instant(session.start_date or session.end_date, session.end_time)
    if end <= around.now:
        message = "TPGateway takes no new session that is already over."
        fix = "Add it through TPGateway's own upload, or move it into the future."
        yield Finding(f"{at}.endDate", "already_ended", message, fix)


def _begun(session: SessionEdit, at: str, around: Around, ruleset: RuleSet) -> Iterator[Finding]:
    """Judged by the times the request gives: those TPGateway has are not known here."""
    message = "TPGateway takes no change to a session that has begun."
    fix = "Leave the session as it is; add another one if need be."
    last_moment = around.now + timedelta(minutes=ruleset.limits.edit_cutoff_minutes)
    if session.start_date is not None:
        timed = ruleset.is_timed(session.mode_of_training) and session.start_time is not None
        start = session.start_time if timed and session.start_time else time.min
        if _instant(session.start_date, start) <= last_moment:
            yield Finding(f"{at}.startDate", "already_begun", message, fix)
    elif session.end_date is not None and session.end_date < singapore_day(around.now):
        yield Finding(f"{at}.endDate", "already_begun", message, fix)


def _instant(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, SINGAPORE)
