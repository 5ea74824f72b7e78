"""One form for a run, whether we are about to send it or TPGateway shows it, so that the two can be compared.

Fields stand under their wire names in the spelling of a publish request, without those a source does not tell. What
TPGateway is known to change on its own (times of untimed modes, last days of timed ones) is changed here for both.
Left out on purpose: the registered count, which moves with every enrolment; stamps, links and flags of the gateway's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from libs.tpgateway.course_runs.parts import RunVenue
from libs.tpgateway.course_runs.replies import CourseView, ListedRun, RunView, SeenTrainerLink, SeenVenue, SessionView
from libs.tpgateway.course_runs.requests import NewRun, RunEdit, RunFields, Session, SessionEdit
from libs.tpgateway.course_runs.trainers import TrainerLink
from libs.tpgateway.normalising import last_of_id, normal_day, normal_text, normal_time
from libs.tpgateway.rules.ruleset import RuleSet

_VENUE_PARTS: Final = {
    "block": "block",
    "street": "street",
    "floor": "floor",
    "unit": "unit",
    "building": "building",
    "postal_code": "postalCode",
    "room": "room",
}
_KEY: Final = ("modeOfTraining", "startDate", "endDate", "startTime", "endTime")
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NormalTrainer:
    """A link to a person, known only by the end of an id number; empty where even that is not shown."""

    id_end: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NormalSession:
    """A session that takes place; `session_id` is TPGateway's, where one is known."""

    fields: Fields
    session_id: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What tells one session of a run from another without an id."""
        return tuple(self.fields.get(name, "") for name in _KEY)

    @property
    def words(self) -> str:
        """Day and time for a person."""
        times = "-".join(self.fields[name] for name in ("startTime", "endTime") if name in self.fields)
        return " ".join(part for part in (self.fields.get("startDate", ""), times) if part)


@dataclass(frozen=True, slots=True)
class NormalRun:
    """A run; `trainers` and `sessions` are None where the source does not tell them."""

    fields: Fields = field(repr=False)
    trainers: tuple[NormalTrainer, ...] | None = None
    sessions: tuple[NormalSession, ...] | None = None
    sessions_complete: bool = True
    """False for an edit, which tells only the sessions it touches."""


def normal_request(run: NewRun | RunEdit, ruleset: RuleSet, *, course_reference: str | None = None) -> NormalRun:
    """The run as TPGateway will show it once it took the request."""
    return NormalRun(
        fields=_told(
            {
                **_requested_days(run),
                **_facts(run),
                "courseReferenceNumber": course_reference,
                "courseVacancy.code": run.course_vacancy.code if run.course_vacancy else None,
                **_venue(run.venue),
            }
        ),
        trainers=_requested_trainers(run.link_course_run_trainer or ()),
        sessions=tuple(normal_session(session, ruleset, run_venue=run.venue) for session in _live(run)),
        sessions_complete=isinstance(run, NewRun),
    )


def normal_view(view: CourseView, ruleset: RuleSet, sessions: Iterable[SessionView] | None = None) -> NormalRun:
    """A run as C4 shows it, with the sessions of C6 when they were read too."""
    reference = view.run.reference_number or view.reference_number
    return _seen_run(view.run, sessions, ruleset, course_reference=reference)


def normal_listed(run: ListedRun, ruleset: RuleSet, sessions: Iterable[SessionView] | None = None) -> NormalRun:
    """A run as its course's list shows it (C5)."""
    return _seen_run(run, sessions, ruleset, course_reference=None)


def normal_session(session: Session | SessionEdit, ruleset: RuleSet, *, run_venue: RunVenue | None) -> NormalSession:
    """A session of a request; one that copies the run's venue gets it here."""
    copied = session.venue is not None and session.venue.primary_venue is True
    fields = _session_fields(session, run_venue if copied else session.venue, ruleset)
    return NormalSession(fields, session.session_id if isinstance(session, SessionEdit) else None)


def normal_seen_session(session: SessionView, ruleset: RuleSet) -> NormalSession:
    return NormalSession(_session_fields(session, session.venue, ruleset), session.id)


def _live(run: NewRun | RunEdit) -> Iterable[Session | SessionEdit]:
    sessions: Iterable[Session | SessionEdit] = run.sessions or ()
    return (session for session in sessions if getattr(session, "action", None) != "delete")


def _seen_run(
    run: RunView | ListedRun,
    sessions: Iterable[SessionView] | None,
    ruleset: RuleSet,
    *,
    course_reference: str | None,
) -> NormalRun:
    days = {
        "registrationDates.opening": run.registration_opens_on,
        "registrationDates.closing": run.registration_closes_on,
        "courseDates.start": run.start_on,
        "courseDates.end": run.end_on,
    }
    vacancy = run.course_vacancy.code if run.course_vacancy else None
    told = {**days, **_facts(run), "courseReferenceNumber": course_reference, "courseVacancy.code": vacancy}
    live = None if sessions is None else (session for session in sessions if not session.deleted)
    return NormalRun(
        fields=_told({**told, **_venue(run.venue)}),
        trainers=_seen_trainers(run.link_course_run_trainer),
        sessions=None if live is None else tuple(normal_seen_session(session, ruleset) for session in live),
    )


def _requested_days(run: RunFields) -> Mapping[str, date | None]:
    registration, course = run.registration_dates, run.course_dates
    return {
        "registrationDates.opening": registration.opening if registration else None,
        "registrationDates.closing": registration.closing if registration else None,
        "courseDates.start": course.start if course else None,
        "courseDates.end": course.end if course else None,
    }


def _facts(run: RunFields | RunView | ListedRun) -> Mapping[str, object]:
    return {
        "scheduleInfo": run.schedule_info,
        "intakeSize": run.intake_size,
        "threshold": run.threshold,
        "modeOfTraining": run.mode_of_training,
        "courseAdminEmail": run.course_admin_email,
    }


def _venue(venue: RunVenue | SeenVenue | None) -> Mapping[str, object]:
    """A venue that is told is told whole: its absent parts are empty ones."""
    if venue is None:
        return {}
    parts = {f"venue.{wire}": getattr(venue, name) or "" for name, wire in _VENUE_PARTS.items()}
    return {**parts, "venue.wheelChairAccess": venue.wheel_chair_access}


def _session_fields(
    session: Session | SessionEdit | SessionView, venue: RunVenue | SeenVenue | None, ruleset: RuleSet
) -> Fields:
    mode = session.mode_of_training
    timed = ruleset.is_timed(mode)
    told: dict[str, object] = {
        "modeOfTraining": mode,
        "startDate": session.start_date,
        "endDate": session.start_date if timed else session.end_date,
    }
    if timed:
        told["startTime"] = normal_time(session.start_time) if session.start_time else None
        told["endTime"] = normal_time(session.end_time) if session.end_time else None
    if ruleset.needs_place(mode):
        told.update(_venue(venue))
    return _told(told)


def _requested_trainers(links: Iterable[TrainerLink]) -> tuple[NormalTrainer, ...]:
    return tuple(NormalTrainer(last_of_id(link.trainer.id_number)) for link in links)


def _seen_trainers(links: Iterable[SeenTrainerLink] | None) -> tuple[NormalTrainer, ...] | None:
    return None if links is None else tuple(NormalTrainer(last_of_id(link.trainer.id_number)) for link in links)


def _told(values: Mapping[str, object]) -> Fields:
    """Only what is told, each in its normal form."""
    return {
        name: normal_day(value) if isinstance(value, date) else normal_text(value)
        for name, value in values.items()
        if value is not None
    }
