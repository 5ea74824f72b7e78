"""Recognising our own record in what TPGateway shows: by its natural key, compared after normalising."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from libs.contracts.submissions import RunSubmission, SessionPart
from libs.tpgateway.course_runs.normal import (
    NormalRun,
    normal_listed,
    normal_request,
    normal_seen_session,
    normal_session,
)
from libs.tpgateway.course_runs.replies import ListedRun, SessionView
from libs.tpgateway.course_runs.requests import PublishRequest
from libs.tpgateway.rules.ruleset import RuleSet
from libs.tpgateway.submissions.course_runs import publish_request

Form = dict[str, str]
PERSONAL: Final = "courseAdminEmail"
"""The one field of a run that is a person's: it is not needed to recognise the run, and stays out of the form."""


def form_of(submission: RunSubmission, ruleset: RuleSet) -> Form:
    """What we would see of this run in a list, without personal data."""
    return form_of_request(publish_request(submission, uen="", ruleset=ruleset), ruleset)


def form_of_request(request: PublishRequest, ruleset: RuleSet) -> Form:
    """The same of a request that is about to leave."""
    return _form(normal_request(request.course.runs[0], ruleset))


def form_of_listed(run: ListedRun, ruleset: RuleSet) -> Form:
    """The same of one entry of the list; what the list leaves out is left out here."""
    return _form(normal_listed(run, ruleset))


def _form(run: NormalRun) -> Form:
    return {name: value for name, value in run.fields.items() if name != PERSONAL}


def differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the fields both know and tell differently."""
    return tuple(sorted(name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]))


NATURAL_KEY: Final = (
    "courseDates.start",
    "courseDates.end",
    "registrationDates.opening",
    "registrationDates.closing",
    "modeOfTraining",
)


def _same_key(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    return all(ours[name] == theirs.get(name, ours[name]) for name in NATURAL_KEY)


@dataclass(frozen=True, slots=True)
class Listed:
    """One run as TPGateway lists it."""

    remote_id: str
    form: Form


@dataclass(frozen=True, slots=True)
class Candidates:
    """Listed runs that could be ours: `equal` ones, and those that share only the key, with what differs."""

    equal: tuple[str, ...]
    near: tuple[str, ...]
    near_fields: tuple[str, ...]


def candidates(
    ours: Mapping[str, str], listed: Iterable[Listed], *, bound: Collection[str], others: Sequence[Mapping[str, str]]
) -> Candidates:
    """Sort the list, leaving out runs bound to other records.

    `others` are forms of creates whose end is not known either: a run that equals one of them, and not ours, is
    theirs to find, not a changed copy of ours.
    """
    equal: list[str] = []
    near: list[str] = []
    fields: set[str] = set()
    for run in listed:
        if run.remote_id in bound:
            continue
        differences = differing(ours, run.form)
        if not differences:
            equal.append(run.remote_id)
        elif _same_key(ours, run.form) and all(differing(other, run.form) for other in others):
            near.append(run.remote_id)
            fields.update(differences)
    return Candidates(tuple(equal), tuple(near), tuple(sorted(fields)))


def live_sessions(submission: RunSubmission) -> list[SessionPart]:
    return [session for session in submission.sessions if not session.cancelled]


def name_sessions(
    submission: RunSubmission, known: Mapping[str, str | None], listed: Iterable[SessionView], ruleset: RuleSet
) -> dict[UUID, str | None]:
    """Their id for each of our live sessions, matched by date, time and mode; None where none fits.

    Names known already are kept, and never given to a second session.
    """
    live = live_sessions(submission)
    names: dict[UUID, str | None] = {part.session_id: known.get(str(part.session_id)) for part in live}
    taken = {name for name in names.values() if name}
    free: dict[tuple[str, ...], list[str]] = {}
    for session in listed:
        if session.id not in taken and not session.deleted:
            free.setdefault(normal_seen_session(session, ruleset).key, []).append(session.id)
    request = publish_request(submission, uen="", ruleset=ruleset).course.runs[0]
    for part, sent in zip(live, request.sessions or (), strict=True):
        fitting = free.get(normal_session(sent, ruleset, run_venue=request.venue).key)
        if names[part.session_id] is None and fitting:
            names[part.session_id] = fitting.pop(0)
    return names
