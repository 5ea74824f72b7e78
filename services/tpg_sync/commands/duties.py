"""Which duties there are, from what is known of a run, its sessions and its enrolments. Pure: no clock, no database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.tpg_sync import ObligationLevel, RecordType
from services.tpg_sync.models import ObligationKey as Key
from services.tpg_sync.models import ObligationPart, Subject
from services.tpg_sync.models.obligation_facts import EnrolmentFacts, RunFacts, SessionFacts
from services.tpg_sync.models.obligation_kinds import BY_TPGATEWAY
from services.tpg_sync.policy import start_of_day

ASSESSMENT_MODE: Final = "8"
FIRST_FEE: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty: what its timing counts from, and when it was met, if it was."""

    key: Key
    subject_type: Subject
    subject_id: UUID
    occasion: int = 0
    trigger_at: datetime
    anchor_at: datetime
    satisfied_at: datetime | None = None
    floor: ObligationLevel = ObligationLevel.GREEN
    affected: int = 1
    handed_over: bool = False
    """Nothing is left for a person to do: only TPGateway's answer is missing, or it is met."""

    @property
    def identity(self) -> tuple[Key, UUID, int]:
        return self.key, self.subject_id, self.occasion


@dataclass(frozen=True, slots=True)
class Scene:
    """A run, and as much of what hangs on it as is asked about."""

    run_id: UUID
    run: RunFacts
    enrolments: Mapping[UUID, EnrolmentFacts] = field(default_factory=dict)
    parts: Sequence[ObligationPart] = ()

    def of_enrolment(self, enrolment_id: UUID, record_type: RecordType) -> list[ObligationPart]:
        return [one for one in self.parts if one.enrolment_id == enrolment_id and one.record_type is record_type]


def duties_of_run(scene: Scene) -> Iterator[Duty]:
    """What is owed for the run as a whole."""
    run = scene.run
    if not run.planned or run.start_on is None or run.created_at is None:
        return
    first_at = run.first_at or start_of_day(run.start_on)
    published = run.published_at is not None
    yield _of_run(scene, Key.RUN_PUBLISH, run.created_at, first_at, run.there_since, handed_over=published)
    if run.published_at is None:
        return
    yield _of_run(scene, Key.RUN_CONFIRM, run.published_at, start_of_day(run.start_on), run.confirmed_at)
    trained = None if run.trained_since is None else max(run.trained_since, run.published_at)
    yield _of_run(scene, Key.TRAINER_ASSIGNED, run.published_at, first_at, trained)
    if run.over and run.last_on is not None:
        last_on = start_of_day(run.last_on)
        ended_at = run.last_at or last_on
        yield _of_run(scene, Key.RUN_CLOSE, ended_at, last_on, run.closed_at)
        yield _of_run(scene, Key.SURVEY_NOTICE, ended_at, last_on, run.closed_at)
        yield _of_run(scene, Key.RECORD_RETENTION, ended_at, last_on)
        yield from _reconciliation(scene, ended_at, last_on)


def _of_run(
    scene: Scene,
    key: Key,
    trigger_at: datetime,
    anchor_at: datetime,
    satisfied_at: datetime | None = None,
    *,
    handed_over: bool = False,
) -> Duty:
    return Duty(
        key=key,
        subject_type=Subject.RUN,
        subject_id=scene.run_id,
        trigger_at=trigger_at,
        anchor_at=anchor_at,
        satisfied_at=satisfied_at,
        affected=scene.run.seats,
        handed_over=handed_over,
    )


def _reconciliation(scene: Scene, ended_at: datetime, last_on: datetime) -> Iterator[Duty]:
    """Owed once anything of the run has drifted; met when nothing of any drift is left."""
    drifts = [scene.run.drift, *(one.drift for one in scene.enrolments.values())]
    spans = [(drift.since, drift.until) for drift in drifts if drift is not None]
    spans += [(one.drifted_at, one.cleared_at) for one in scene.parts if one.drifted_at is not None]
    if spans:
        since = max(ended_at, min(began for began, _ in spans))
        yield _of_run(scene, Key.RECONCILE_RUN, since, last_on, _all_at([until for _, until in spans], since))


def duties_of_session(scene: Scene, session_id: UUID) -> Iterator[Duty]:
    """What is owed for one session; needs the run's enrolments and the session's marks in the scene."""
    run = scene.run
    session = run.sessions.get(session_id)
    if not run.planned or run.published_at is None or session is None:
        return
    known = max(run.published_at, session.known_since)
    yield _of_session(session_id, Key.SESSIONS_SUBMIT, known, session.start_at, run.named.get(session_id), run.seats)
    seated = [one for one, facts in scene.enrolments.items() if facts.sits_in(session)]
    if session.held and seated:
        marked = _sheet_complete(scene, session_id, seated)
        yield _of_session(session_id, Key.ATTENDANCE_MARKED, session.end_at, session.end_at, marked, len(seated))


def _of_session(
    session_id: UUID, key: Key, trigger_at: datetime, anchor_at: datetime, satisfied_at: datetime | None, affected: int
) -> Duty:
    return Duty(
        key=key,
        subject_type=Subject.SESSION,
        subject_id=session_id,
        trigger_at=trigger_at,
        anchor_at=anchor_at,
        satisfied_at=satisfied_at,
        affected=affected,
        handed_over=key in BY_TPGATEWAY,
    )


def _sheet_complete(scene: Scene, session_id: UUID, seated: Sequence[UUID]) -> datetime | None:
    """Since when everybody seated is judged, or the sheet is locked with nobody left open."""
    sheet = scene.run.sheets.get(session_id)
    locked = sheet.locked_at if sheet is not None and sheet.unmarked == 0 else None
    judged = {one.enrolment_id: one.settled_at for one in scene.parts if one.session_id == session_id}
    marked = _all_at([judged.get(enrolment_id) for enrolment_id in seated])
    return min((at for at in (locked, marked) if at is not None), default=None)


def duties_of_enrolment(scene: Scene, enrolment_id: UUID) -> Iterator[Duty]:
    """What is owed for one enrolment; needs it and its marks and results in the scene."""
    run, enrolment = scene.run, scene.enrolments[enrolment_id]
    if not enrolment.enrolled or enrolment.confirmed_at is None or not run.planned or run.start_on is None:
        return
    yield from _submission(run, enrolment, enrolment_id)
    yield from _attendance(scene, enrolment, enrolment_id)
    if enrolment.status is not EnrolmentStatus.WITHDRAWN:
        yield from _results(scene, enrolment, enrolment_id)


def _of_enrolment(
    enrolment_id: UUID,
    key: Key,
    trigger_at: datetime,
    anchor_at: datetime,
    satisfied_at: datetime | None,
    *,
    occasion: int = 0,
    floor: ObligationLevel = ObligationLevel.GREEN,
    handed_over: bool = False,
) -> Duty:
    return Duty(
        key=key,
        subject_type=Subject.ENROLMENT,
        subject_id=enrolment_id,
        occasion=occasion,
        trigger_at=trigger_at,
        anchor_at=anchor_at,
        satisfied_at=satisfied_at,
        floor=floor,
        handed_over=handed_over,
    )


def _submission(run: RunFacts, enrolment: EnrolmentFacts, enrolment_id: UUID) -> Iterator[Duty]:
    confirmed_at, there = enrolment.confirmed_at, enrolment.there_since
    if confirmed_at is None or run.start_on is None:
        return
    start = start_of_day(run.start_on)
    yield _of_enrolment(enrolment_id, Key.ENROLMENT_SUBMIT, confirmed_at, start, there, handed_over=True)
    if enrolment.queued_at is not None:
        queued_at = enrolment.queued_at
        yield _of_enrolment(enrolment_id, Key.ENROLMENT_ACK, queued_at, queued_at, there, handed_over=True)
    told = enrolment.fee_told(FIRST_FEE)
    first = min((at for at in (there, told) if at is not None), default=None)
    yield _of_enrolment(enrolment_id, Key.FEE_STATUS_INITIAL, confirmed_at, start, first, handed_over=True)
    for revision, changed_at in enrolment.fee_changes.items():
        told, update = enrolment.fee_told(revision), Key.FEE_STATUS_UPDATE
        yield _of_enrolment(enrolment_id, update, changed_at, changed_at, told, occasion=revision, handed_over=True)


def _attendance(scene: Scene, enrolment: EnrolmentFacts, enrolment_id: UUID) -> Iterator[Duty]:
    run, rate = scene.run, enrolment.rate
    if run.end_on is None or run.last_on is None:
        return
    last_on = start_of_day(run.last_on)
    if run.over:
        attended = [one for one, session in run.sessions.items() if session.held and enrolment.sits_in(session)]
        if attended:
            ended_at = run.last_at or last_on
            judged, ends = _attendance_ends(scene, enrolment_id, attended)
            told, submit = _all_at(ends, ended_at), Key.ATTENDANCE_SUBMIT
            yield _of_enrolment(enrolment_id, submit, ended_at, last_on, told, handed_over=judged)
    elif rate.risk_since is not None and enrolment.status is not EnrolmentStatus.WITHDRAWN:
        floor = ObligationLevel.RED if rate.lost else ObligationLevel.AMBER
        yield _of_enrolment(
            enrolment_id, Key.ATTENDANCE_THRESHOLD_RISK, rate.risk_since, last_on, rate.risk_until, floor=floor
        )


def _attendance_ends(scene: Scene, enrolment_id: UUID, attended: Sequence[UUID]) -> tuple[bool, list[datetime | None]]:
    """Whether every session is judged; and since when each is, and TPGateway holds what it must know of it."""
    marks = {one.session_id: one for one in scene.of_enrolment(enrolment_id, RecordType.ATTENDANCE)}
    judged = [None if (mark := marks.get(one)) is None else mark.settled_at for one in attended]
    owed = [mark for one in attended if (mark := marks.get(one)) is not None and mark.owed_revision]
    return None not in judged, [*judged, *(mark.acked_at if mark.acknowledged else None for mark in owed)]


def _results(scene: Scene, enrolment: EnrolmentFacts, enrolment_id: UUID) -> Iterator[Duty]:
    run, outcome = scene.run, enrolment.outcome
    assessed_at = _assessed_at(run)
    if assessed_at is not None:
        yield _of_enrolment(enrolment_id, Key.ASSESSMENT_RECORD, assessed_at, assessed_at, outcome.decided_since)
    results = scene.of_enrolment(enrolment_id, RecordType.ASSESSMENT)
    acks = [one.acked_at if one.acknowledged else None for one in results if one.owed_revision]
    if run.over and run.last_on is not None and run.end_on is not None:
        last_on, ended_at = start_of_day(run.last_on), run.last_at or start_of_day(run.last_on)
        told = _all_at([outcome.decided_since, *acks], ended_at)
        decided, submit = outcome.decided_since is not None, Key.ASSESSMENT_SUBMIT
        yield _of_enrolment(enrolment_id, submit, ended_at, last_on, told, handed_over=decided)
        yield from _makeup(enrolment, enrolment_id, start_of_day(run.end_on))
    passed = _all_at([outcome.passed_since, *acks])
    if passed is not None:
        issued = max(enrolment.certificates.values(), default=None)
        yield _of_enrolment(enrolment_id, Key.CERTIFICATE_ISSUE, passed, passed, issued)


def _assessed_at(run: RunFacts) -> datetime | None:
    """When the result may be expected: the end of the assessment session, else of the run; None while that is ahead."""
    assessing: list[SessionFacts] = [one for one in run.sessions.values() if one.mode == ASSESSMENT_MODE]
    if assessing and all(one.held for one in assessing):
        return max(one.end_at for one in assessing)
    if run.over:
        return run.last_at
    return None


def _makeup(enrolment: EnrolmentFacts, enrolment_id: UUID, original_end: datetime) -> Iterator[Duty]:
    """Owed by whoever was found short or failed; met when everything they were found in is mended."""
    rate, outcome = enrolment.rate, enrolment.outcome
    faults = [(rate.short_since, rate.met_since), (outcome.failed_since, outcome.passed_since)]
    found = [(since, mended) for since, mended in faults if since is not None]
    if found:
        since = min(one for one, _ in found)
        mended = _all_at([one for _, one in found])
        yield _of_enrolment(enrolment_id, Key.MAKEUP_COMPLETE, since, original_end, mended)


def _all_at(instants: Sequence[datetime | None], not_before: datetime | None = None) -> datetime | None:
    """When the last of them was reached; None while one is missing, or where there is none at all."""
    reached = [one for one in instants if one is not None]
    if len(reached) < len(instants) or not reached:
        return None
    return max([*reached, *([not_before] if not_before is not None else [])])
