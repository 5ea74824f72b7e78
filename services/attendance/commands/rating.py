"""Rates are computed anew from what is on record, and told only when they say something new."""

from collections.abc import Iterable
from uuid import UUID

from libs.database.unit_of_work import UnitOfWork
from services.attendance.models.rate import Rate, figures_of
from services.attendance.models.run import Run
from services.attendance.queries.policy import policy_in_force
from services.attendance.queries.rates import credited_minutes, rates_by_enrolment
from services.attendance.queries.runs import sessions_of, terms_of
from services.attendance.queries.seats import ever_seated


async def refresh_rates(uow: UnitOfWork, run: Run, enrolment_ids: Iterable[UUID] | None = None) -> None:
    """Judge these enrolments of the run, or all; the run is locked, so nobody else does meanwhile."""
    await uow.session.flush()
    wanted = set(enrolment_ids) if enrolment_ids is not None else {seat.id for seat in await ever_seated(uow, run.id)}
    if not wanted:
        return
    sessions, policy = await sessions_of(uow, run.id), await policy_in_force(uow)
    terms = await terms_of(uow, run.course_id)
    credited = await credited_minutes(uow, run.id, wanted)
    known = await rates_by_enrolment(uow, run.id)
    for enrolment_id in sorted(wanted):
        figures = figures_of(
            sessions,
            credited.get(enrolment_id, {}),
            required_pct=terms.required_pct if terms else policy.threshold_pct,
            over=run.over,
            counts_assessments=policy.counts_assessments,
        )
        rate = known.get(enrolment_id)
        if rate is None and figures.held_minutes == 0:
            continue  # nothing was held yet, so there is nothing to tell
        before = rate.alarm if rate else None
        if rate is None:
            rate = Rate(
                enrolment_id=enrolment_id,
                run_id=run.id,
                **{name: getattr(figures, name) for name in figures.__dataclass_fields__},
            )
            uow.add(rate)
            uow.emit(rate.changed())
        elif rate.follow(figures):
            uow.emit(rate.changed())
        if rate.alarm is not None and rate.alarm != before:
            uow.emit(rate.below())
