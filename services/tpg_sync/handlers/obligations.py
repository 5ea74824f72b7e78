"""Events in: what anybody says that raises, moves, meets or drops a duty of the compliance calendar.

Each event changes one file (a run's, an enrolment's, a mark's or a result's) by its own aggregate's words, then the
duties that hang on it are derived anew from all files. So the order between aggregates does not matter.
"""

from typing import Final

from libs.contracts import assessment, attendance, course, enrolment, tpg_sync
from libs.contracts.assessment import AssessmentStatus
from libs.contracts.attendance import MarkState
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from services.tpg_sync.commands.duty_files import (
    Touched,
    derive,
    keep,
    lock_enrolment,
    lock_part,
    lock_run,
    told_at,
)
from services.tpg_sync.models import JobKind
from services.tpg_sync.models.kinds import REMOVALS
from services.tpg_sync.models.obligation_facts import Ack, Drift, EnrolmentFacts, SheetFacts

handlers = Handlers(
    modes={
        "run": "ordered",
        "run_seats": "latest",
        "enrolment": "ordered",
        "attendance": "ordered",
        "attendance_sheet": "ordered",
        "attendance_rate": "ordered",
        "assessment": "ordered",
        "assessment_outcome": "ordered",
        "certificate": "ordered",
        "sync": "ordered",
    }
)
UNJUDGED: Final = frozenset({MarkState.UNMARKED, MarkState.CHECKED_IN})
PARTS: Final = frozenset({RecordType.ATTENDANCE, RecordType.ASSESSMENT})

# --------------------------------------------------------------------------------------------------------------- runs


async def follow_run(event: course.RunEvent, uow: UnitOfWork) -> None:
    """A run's state moves everything that hangs on its dates."""
    row, run = await lock_run(uow, event.run_id)
    run.follow(event, told_at(uow))
    row.staff = sorted({link.user_id for link in event.run.trainers if link.user_id is not None})
    keep(row, run)
    await derive(uow, event.run_id, Touched(everything=True))


for _run in (
    course.RunCreated,
    course.RunChanged,
    course.RunSessionsChanged,
    course.RunPublished,
    course.RunConfirmed,
    course.RunRescheduled,
    course.RunCancelled,
    course.RunStarted,
    course.RunSessionHeld,
    course.RunEnded,
    course.RunClosed,
    course.RunReopened,
    course.RunDiscarded,
):
    handlers.on(_run)(follow_run)


@handlers.on(enrolment.RunSeatsCounted)
async def count_seats(event: enrolment.RunSeatsCounted, uow: UnitOfWork) -> None:
    """How much hangs on the run."""
    row, run = await lock_run(uow, event.run_id)
    run.seats = event.confirmed
    keep(row, run)
    await derive(uow, event.run_id, Touched(run=True, sessions=run.sessions))


# ---------------------------------------------------------------------------------------------------------- enrolments


async def follow_enrolment(event: enrolment.EnrolmentEvent, uow: UnitOfWork) -> None:
    """A seat taken, changed or given up; who sits where decides when a sheet is complete."""
    row, facts = await lock_enrolment(uow, event.enrolment_id, run_id=event.enrolment.run_id)
    before = facts.model_copy()
    facts.follow(event, told_at(uow))
    adopted = isinstance(event, enrolment.EnrolmentConfirmed) and event.enrolment.remote_id is not None
    if adopted and facts.enrolled:
        facts.there_since = facts.there_since or told_at(uow)
    keep(row, facts)
    moved = _seat(before) != _seat(facts)
    sessions = (await lock_run(uow, event.enrolment.run_id))[1].sessions if moved else {}
    touched = Touched(run=facts.drift is not None, sessions=sessions, enrolments=[event.enrolment_id])
    await derive(uow, event.enrolment.run_id, touched)


def _seat(facts: EnrolmentFacts) -> tuple[object, ...]:
    return facts.confirmed_at, facts.seated_from, facts.seated_until


for _enrolment in (
    enrolment.EnrolmentConfirmed,
    enrolment.EnrolmentChanged,
    enrolment.EnrolmentFeeChanged,
    enrolment.EnrolmentCompleted,
    enrolment.EnrolmentWithdrawn,
    enrolment.EnrolmentCancelled,
    enrolment.EnrolmentTransferred,
    enrolment.EnrolmentReplaced,
):
    handlers.on(_enrolment)(follow_enrolment)

# ---------------------------------------------------------------------------------------------------------- attendance


async def follow_mark(event: attendance.AttendanceEvent, uow: UnitOfWork) -> None:
    """A judgement completes a sheet; what TPGateway must learn of is owed until it is acknowledged.

    A mark may move to the enrolment that replaced its own: both are concerned.
    """
    fact = event.attendance
    part = await lock_part(uow, RecordType.ATTENDANCE, event.attendance_id, run_id=fact.run_id)
    concerned = {fact.enrolment_id, part.enrolment_id or fact.enrolment_id}
    part.enrolment_id, part.session_id = fact.enrolment_id, fact.session_id
    at = told_at(uow)
    part.settled_at = None if fact.state in UNJUDGED else part.settled_at or at
    if fact.submission_revision > part.owed_revision:
        part.owed_revision, part.owed_at = fact.submission_revision, at
    await derive(
        uow,
        fact.run_id,
        Touched(run=part.drifted_at is not None, sessions=[fact.session_id], enrolments=concerned),
    )


for _mark in (
    attendance.AttendanceCheckedIn,
    attendance.AttendanceMarked,
    attendance.AttendanceCorrected,
    attendance.AttendanceRejected,
    attendance.AttendanceVoided,
    attendance.AttendanceMoved,
):
    handlers.on(_mark)(follow_mark)


@handlers.on(attendance.SheetLocked)
async def close_sheet(event: attendance.SheetLocked, uow: UnitOfWork) -> None:
    await _keep_sheet(event, uow, SheetFacts(locked_at=told_at(uow), unmarked=event.unmarked))


@handlers.on(attendance.SheetUnlocked)
async def reopen_sheet(event: attendance.SheetUnlocked, uow: UnitOfWork) -> None:
    await _keep_sheet(event, uow, SheetFacts())


async def _keep_sheet(event: attendance.SheetEvent, uow: UnitOfWork, sheet: SheetFacts) -> None:
    row, run = await lock_run(uow, event.run_id)
    run.sheets = {**run.sheets, event.session_id: sheet}
    keep(row, run)
    await derive(uow, event.run_id, Touched(sessions=[event.session_id]))


@handlers.on(attendance.RateChanged)
async def follow_rate(event: attendance.RateChanged, uow: UnitOfWork) -> None:
    row, facts = await lock_enrolment(uow, event.enrolment_id, run_id=event.run_id)
    facts.rate.follow(event, told_at(uow))
    keep(row, facts)
    await derive(uow, event.run_id, Touched(enrolments=[event.enrolment_id]))


@handlers.on(attendance.BelowThreshold)
async def raise_alarm(event: attendance.BelowThreshold, uow: UnitOfWork) -> None:
    row, facts = await lock_enrolment(uow, event.enrolment_id, run_id=event.run_id)
    facts.rate.warn(event, told_at(uow))
    keep(row, facts)
    await derive(uow, event.run_id, Touched(enrolments=[event.enrolment_id]))


# --------------------------------------------------------------------------------------------------------- assessments


async def follow_result(event: assessment.AssessmentEvent, uow: UnitOfWork) -> None:
    """A final or voided result is owed until it is acknowledged."""
    fact, at = event.assessment, told_at(uow)
    part = await lock_part(uow, RecordType.ASSESSMENT, event.assessment_id, run_id=fact.run_id)
    part.enrolment_id = fact.enrolment_id
    part.settled_at = (part.settled_at or at) if fact.status is AssessmentStatus.FINAL else None
    if fact.revision > part.owed_revision:
        part.owed_revision, part.owed_at = fact.revision, at
    touched = Touched(run=part.drifted_at is not None, enrolments=[fact.enrolment_id])
    await derive(uow, fact.run_id, touched)


for _result in (assessment.AssessmentFinalised, assessment.AssessmentAmended, assessment.AssessmentVoided):
    handlers.on(_result)(follow_result)


@handlers.on(assessment.OutcomeChanged)
async def follow_outcome(event: assessment.OutcomeChanged, uow: UnitOfWork) -> None:
    row, facts = await lock_enrolment(uow, event.enrolment_id, run_id=event.run_id)
    facts.outcome.follow(decided=event.decided, passed=event.passed, at=told_at(uow))
    keep(row, facts)
    await derive(uow, event.run_id, Touched(enrolments=[event.enrolment_id]))


@handlers.on(assessment.CertificateIssued)
async def note_certificate(event: assessment.CertificateIssued, uow: UnitOfWork) -> None:
    row, facts = await lock_enrolment(uow, event.enrolment_id, run_id=event.run_id)
    facts.certificates = {**facts.certificates, event.certificate_id: told_at(uow)}
    keep(row, facts)
    await derive(uow, event.run_id, Touched(enrolments=[event.enrolment_id]))


@handlers.on(assessment.CertificateRevoked)
async def forget_certificate(event: assessment.CertificateRevoked, uow: UnitOfWork) -> None:
    row, facts = await lock_enrolment(uow, event.enrolment_id, run_id=event.run_id)
    facts.certificates = {one: at for one, at in facts.certificates.items() if one != event.certificate_id}
    keep(row, facts)
    await derive(uow, event.run_id, Touched(enrolments=[event.enrolment_id]))


# -------------------------------------------------------------------------------------------- what TPGateway answered


@handlers.on(tpg_sync.SyncQueued)
async def note_handing_over(event: tpg_sync.SyncQueued, uow: UnitOfWork) -> None:
    """Only an enrolment's acceptance is waited for apart from its deadline."""
    if event.record_type is not RecordType.ENROLMENT or event.kind != JobKind.ENROLMENT_CREATE:
        return
    row, facts = await lock_enrolment(uow, event.record_id)
    facts.queued_at = facts.queued_at or told_at(uow)
    keep(row, facts)
    await derive(uow, row.run_id, Touched(enrolments=[event.record_id]))


@handlers.on(tpg_sync.SyncSucceeded)
async def note_acknowledgement(event: tpg_sync.SyncSucceeded, uow: UnitOfWork) -> None:
    """What was removed there as nobody's is no duty of anybody's."""
    if event.foreign:
        return
    if event.record_type is RecordType.RUN:
        await _note_run_there(event, uow)
    elif event.record_type in PARTS:
        await _note_part_there(event, uow)
    else:
        await _note_enrolment_there(event, uow)


async def _note_run_there(event: tpg_sync.SyncSucceeded, uow: UnitOfWork) -> None:
    row, run = await lock_run(uow, event.record_id)
    at = told_at(uow)
    if event.kind in REMOVALS:
        run.there_since, run.named = None, {}
    else:
        run.there_since = run.there_since or at
        run.named = {session_id: run.named.get(session_id, at) for session_id in event.remote.parts}
    keep(row, run)
    await derive(uow, event.record_id, Touched(run=True, sessions=run.sessions))


async def _note_enrolment_there(event: tpg_sync.SyncSucceeded, uow: UnitOfWork) -> None:
    row, facts = await lock_enrolment(uow, event.record_id)
    at = told_at(uow)
    if event.record_type is RecordType.FEE:
        facts.fee_acks = [*facts.fee_acks, Ack(revision=event.record_revision, at=at)]
    elif event.kind in REMOVALS:
        facts.there_since = facts.queued_at = None
        facts.fee_acks = []
    else:
        facts.there_since = facts.there_since or at
    keep(row, facts)
    await derive(uow, row.run_id, Touched(enrolments=[event.record_id]))


async def _note_part_there(event: tpg_sync.SyncSucceeded, uow: UnitOfWork) -> None:
    part = await lock_part(uow, event.record_type, event.record_id)
    if event.record_revision > part.acked_revision:
        part.acked_revision, part.acked_at = event.record_revision, told_at(uow)
    enrolments = [] if part.enrolment_id is None else [part.enrolment_id]
    await derive(uow, part.run_id, Touched(enrolments=enrolments))


@handlers.on(tpg_sync.SyncDrifted)
async def note_drift(event: tpg_sync.SyncDrifted, uow: UnitOfWork) -> None:
    await _note_difference(event, uow, gone=False)


@handlers.on(tpg_sync.SyncReconciled)
async def note_agreement(event: tpg_sync.SyncReconciled, uow: UnitOfWork) -> None:
    await _note_difference(event, uow, gone=True)


async def _note_difference(event: tpg_sync.SyncReadBack, uow: UnitOfWork, *, gone: bool) -> None:
    if event.record_type in PARTS:
        part = await lock_part(uow, event.record_type, event.record_id)
        drift = _after(_drift_of(part.drifted_at, part.cleared_at), uow, gone=gone)
        part.drifted_at, part.cleared_at = (None, None) if drift is None else (drift.since, drift.until)
        run_id = part.run_id
    elif event.record_type is RecordType.RUN:
        run_row, run = await lock_run(uow, event.record_id)
        run.drift = _after(run.drift, uow, gone=gone)
        keep(run_row, run)
        run_id = run_row.run_id
    else:
        row, facts = await lock_enrolment(uow, event.record_id)
        facts.drift = _after(facts.drift, uow, gone=gone)
        keep(row, facts)
        run_id = row.run_id
    await derive(uow, run_id, Touched(run=True))


def _drift_of(since: object, until: object) -> Drift | None:
    return None if since is None else Drift.model_validate({"since": since, "until": until})


def _after(drift: Drift | None, uow: UnitOfWork, *, gone: bool) -> Drift | None:
    """A drift goes on until it is gone; a new one after that begins anew."""
    at = told_at(uow)
    if gone:
        return None if drift is None else Drift(since=drift.since, until=drift.until or at)
    return drift if drift is not None and drift.until is None else Drift(since=at)
