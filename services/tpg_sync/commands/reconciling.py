"""Asks for comparisons with TPGateway: of one run, of all that are open, or of the day's. The caller commits."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.course import RunStatus
from libs.contracts.tpg_sync import ReconciliationRequested, RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.telemetry.context import current
from services.tpg_sync.models import (
    Origin,
    Reconciliation,
    ReconciliationState,
    ReconciliationStep,
    RunCalendar,
    StepState,
    SyncRecord,
)

OVER: Final = frozenset({RunStatus.CLOSED, RunStatus.DISCARDED, RunStatus.DRAFT})
"""Nothing of these can be wrong at TPGateway any more, or yet."""


async def reconcile_run(uow: UnitOfWork, run_id: UUID) -> Reconciliation:
    """Compare one run now, and its course's list for runs nobody here knows. Raises NotFound for one never owed."""
    record = await uow.find(SyncRecord, (RecordType.RUN, run_id))
    if record is None:
        raise NotFound("submitted run", run_id)
    calendar = await uow.find(RunCalendar, run_id)
    courses = [] if calendar is None else [calendar.course_reference]
    return _request(uow, Origin.ON_DEMAND, [run_id], courses, run_id=run_id)


async def reconcile_all(uow: UnitOfWork, *, ended_after: date) -> Reconciliation:
    """Compare every open run now."""
    runs = await open_runs(uow, ended_after=ended_after)
    return _request(uow, Origin.ON_DEMAND, [one.run_id for one in runs], {one.course_reference for one in runs})


async def plan_day(
    uow: UnitOfWork, day: date, *, begin: datetime, spread: timedelta, ended_after: date
) -> Reconciliation | None:
    """The day's comparison of every open run, its steps spread out; None when it is planned already."""
    plan = f"daily/{day.isoformat()}"
    known = await uow.session.execute(select(col(Reconciliation.id)).where(col(Reconciliation.plan) == plan))
    if known.first() is not None:
        return None
    runs = await open_runs(uow, ended_after=ended_after)
    courses = {one.course_reference for one in runs}
    made = _request(uow, Origin.SCHEDULED, [one.run_id for one in runs], courses, plan=plan, begin=begin, spread=spread)
    if not made.steps:
        made.state, made.finished_at = ReconciliationState.DONE, uow.now()
    return made


async def open_runs(uow: UnitOfWork, *, ended_after: date) -> Sequence[RunCalendar]:
    """Submitted runs that are not closed, and not over for longer than they are watched."""
    submitted = select(col(SyncRecord.record_id)).where(
        col(SyncRecord.record_type) == RecordType.RUN, ~col(SyncRecord.foreign)
    )
    statement = (
        select(RunCalendar)
        .where(
            col(RunCalendar.run_id).in_(submitted),
            col(RunCalendar.status).not_in(OVER),
            col(RunCalendar.end_on) >= ended_after,
        )
        .order_by(col(RunCalendar.run_id))
    )
    return (await uow.session.execute(statement)).scalars().all()


def _request(
    uow: UnitOfWork,
    origin: Origin,
    runs: Sequence[UUID],
    courses: Iterable[str],
    *,
    run_id: UUID | None = None,
    plan: str | None = None,
    begin: datetime | None = None,
    spread: timedelta = timedelta(0),
) -> Reconciliation:
    context = current()
    begin = begin or uow.now()
    made = Reconciliation(
        id=uow.new_id(),
        origin=origin,
        plan=plan,
        run_id=run_id,
        created_by=context.actor_id,
        created_at=uow.now(),
        correlation_id=context.correlation_id,
        counts={},
    )
    uow.add(made)
    steps = [{"run_id": one} for one in runs] + [{"course_reference": one} for one in sorted(courses)]
    for step in steps:
        (what,) = step.values()
        uow.add(
            ReconciliationStep(
                id=uow.new_id(),
                reconciliation_id=made.id,
                not_before=begin + spread * _share(str(what)),
                **step,
            )
        )
    made.steps = len(steps)
    if not steps:
        made.state, made.finished_at = ReconciliationState.DONE, uow.now()
    uow.emit(ReconciliationRequested(reconciliation_id=made.id, run_id=run_id, origin=origin))
    return made


def _share(what: str) -> float:
    """Where in the spread a thing has its turn: the same every day, and evenly over all."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:4]) / 2**32


async def waiting_steps(uow: UnitOfWork, now: datetime) -> ReconciliationStep | None:
    """The step that is longest due, locked; also one whose worker let its lease run out."""
    step = col(ReconciliationStep.state)
    due = (step == StepState.QUEUED) & (col(ReconciliationStep.not_before) <= now)
    lost = (step == StepState.RUNNING) & (col(ReconciliationStep.lease_until) < now)
    statement = (
        select(ReconciliationStep)
        .where(due | lost)
        .order_by(col(ReconciliationStep.not_before), col(ReconciliationStep.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await uow.session.execute(statement)).scalar_one_or_none()
