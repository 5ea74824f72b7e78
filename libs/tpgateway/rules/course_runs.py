"""What TPGateway would refuse about publishing, editing or deleting course runs, all at once.

    judge_publish(request, now=clock.now(), ruleset=ruleset_on(singapore_day(clock.now())))

A request may be the typed one or a JSON body. No blocking finding means: nothing we know of speaks against sending.
`now` is an aware instant; `caller_uen` is whose credentials will send it, where that is known.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from libs.sources import singapore_day
from libs.tpgateway.course_runs.parts import CourseDates, RegistrationDates, RunVenue
from libs.tpgateway.course_runs.requests import (
    DeleteRequest,
    EditRequest,
    NewRun,
    PublishRequest,
    RunEdit,
    RunFields,
    SessionEdit,
)
from libs.tpgateway.rules import shape
from libs.tpgateway.rules.fields import judge_fields
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.ruleset import RuleSet
from libs.tpgateway.rules.sessions import Around, judge_session
from libs.tpgateway.rules.trainers import judge_trainer
from libs.tpgateway.rules.venues import judge_venue

Body = Mapping[str, Any]


def judge_publish(
    request: PublishRequest | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    """Runs that are to exist, with their sessions and trainers."""
    read, findings = shape.read(PublishRequest, request)
    if read is not None:
        findings += _course(read.body(), caller_uen, ruleset)
        if not read.course.runs:
            findings.append(Finding("course.runs", "required", "There is no run to publish.", "Add one."))
        for index, run in enumerate(read.course.runs):
            findings += _new_run(run, f"course.runs[{index}]", now, ruleset)
    return ruleset.graded(findings)


def judge_edit(
    request: EditRequest | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    """A change to a run that exists; what is absent is judged as staying what it is."""
    read, findings = shape.read(EditRequest, request)
    if read is not None:
        findings += _course(read.body(), caller_uen, ruleset)
        findings += _edit(read.course.run, "course.run", now, ruleset)
    return ruleset.graded(findings)


def judge_delete(
    request: DeleteRequest | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    """A removal. What hangs on the run is not public knowledge and not judged; neither is `now`, yet."""
    del now  # part of the promise: a later rule set may know a last day for removals
    read, findings = shape.read(DeleteRequest, request)
    if read is not None:
        findings += _course(read.body(), caller_uen, ruleset)
    return ruleset.graded(findings)


def _course(body: Body, caller_uen: str | None, ruleset: RuleSet) -> Iterator[Finding]:
    course = body["course"]
    yield from judge_fields(course, "course", "course", frozenset(), ruleset)
    uen = str(course.get("trainingProvider", {}).get("uen", ""))
    if caller_uen is not None and uen and uen.upper() != caller_uen.upper():
        message = "The UEN is not the one our credentials belong to."
        yield Finding("course.trainingProvider.uen", "not_caller", message, "Send under our own UEN.")


def _new_run(run: NewRun, at: str, now: datetime, ruleset: RuleSet) -> Iterator[Finding]:
    placed = ruleset.needs_place(run.mode_of_training)
    yield from judge_fields(run.body(), at, "run", {"publish", *(["placed"] if placed else [])}, ruleset)
    yield from _fields(run, at, ruleset)
    opening = run.registration_dates.opening if run.registration_dates else None
    today = singapore_day(now)
    if opening is not None and opening < today:
        message = "A new run's registration cannot have opened on a day gone by."
        yield Finding(f"{at}.registrationDates.opening", "in_the_past", message, f"Choose {today} or later.")
    if not run.sessions:
        message = "A run without sessions can take no attendance."
        yield Finding(f"{at}.sessions", "no_sessions", message, "Add its sessions.")
    around = Around(now, run.course_dates or CourseDates(), None if placed else run.venue or RunVenue())
    for index, session in enumerate(run.sessions or ()):
        edit = SessionEdit(**dict(session))
        yield from judge_session(edit, f"{at}.sessions[{index}]", around, ruleset)


def _edit(run: RunEdit, at: str, now: datetime, ruleset: RuleSet) -> Iterator[Finding]:
    placed = ruleset.needs_place(run.mode_of_training)
    yield from judge_fields(run.body(), at, "run", {"edit", *(["placed_edit"] if placed else [])}, ruleset)
    yield from _fields(run, at, ruleset)
    if not run.link_course_run_trainer:
        message = "A change that names no trainers removes all of them from the run."
        yield Finding(f"{at}.linkCourseRunTrainer", "trainers_left_out", message, "Send the whole list each time.")
    # A venue that is told replaces the standing one, and sessions may copy it.
    around = Around(now, run.course_dates or CourseDates(), None if placed else run.venue)
    for index, session in enumerate(run.sessions or ()):
        yield from judge_session(session, f"{at}.sessions[{index}]", around, ruleset)


def _fields(run: RunFields, at: str, ruleset: RuleSet) -> Iterator[Finding]:
    """What holds for a run however it is sent."""
    body = run.body()
    for part in ("registrationDates", "courseDates", "scheduleInfoType", "courseVacancy"):
        if part in body:
            yield from judge_fields(body[part], f"{at}.{part}", part, frozenset(), ruleset)
    yield from _dates(run.registration_dates or RegistrationDates(), run.course_dates or CourseDates(), at)
    yield from _seats(run, at)
    if run.venue is not None:
        placed = ruleset.needs_place(run.mode_of_training)
        yield from judge_venue(run.venue, f"{at}.venue", needed=placed, ruleset=ruleset)
    for index, link in enumerate(run.link_course_run_trainer or ()):
        yield from judge_trainer(link.trainer, f"{at}.linkCourseRunTrainer[{index}].trainer", ruleset)


def _dates(registration: RegistrationDates, course: CourseDates, at: str) -> Iterator[Finding]:
    if registration.opening and registration.closing and registration.opening > registration.closing:
        message, fix = "Registration closes before it opens.", f"Choose {registration.opening} or later."
        yield Finding(f"{at}.registrationDates.closing", "before_opening", message, fix)
    if course.start and course.end and course.start > course.end:
        message, fix = "The run ends before it starts.", f"Choose {course.start} or later."
        yield Finding(f"{at}.courseDates.end", "before_start", message, fix)
    if registration.closing and course.start and registration.closing > course.start:
        message, fix = "Registration closes after the run has started.", f"Choose {course.start} or earlier."
        yield Finding(f"{at}.registrationDates.closing", "after_start", message, fix)


def _seats(run: RunFields, at: str) -> Iterator[Finding]:
    counts = {
        "intakeSize": run.intake_size,
        "threshold": run.threshold,
        "registeredUserCount": run.registered_user_count,
    }
    for name, count in counts.items():
        if count is not None and count < 0:
            yield Finding(f"{at}.{name}", "negative", "A number of people cannot be below zero.", "Enter 0 or more.")
    if run.intake_size is None or run.registered_user_count is None:
        return
    if run.threshold is None and isinstance(run, RunEdit):
        return  # it stays what it is, and a request does not tell what that is
    if run.registered_user_count > run.intake_size + (run.threshold or 0):
        message = f"{run.registered_user_count} are registered; intake and threshold together hold fewer."
        fix = f"Raise intake or threshold to hold {run.registered_user_count}."
        yield Finding(f"{at}.intakeSize", "below_registered", message, fix)
