"""HTTP in: what if TPGateway were down, or limits were others. Nothing is kept."""

import asyncio

from fastapi import Request

from libs.chassis.runtime import Runtime
from libs.contracts.tpg_sync import ObligationLevel
from libs.sources import singapore_day
from libs.web.idempotency import without_idempotency
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.tpg_sync.api.compliance import Viewer, staff_of
from services.tpg_sync.api.rules import rule_view
from services.tpg_sync.commands.obligations import provider_of
from services.tpg_sync.errors import NotForetold
from services.tpg_sync.policy import policy_on
from services.tpg_sync.policy.simulating import Missed, Moved, Outage, Scenario, Simulated, Supposed, Totals, simulate
from services.tpg_sync.queries.forecasting import backlog, standing_duties
from services.tpg_sync.schemas.compliance import (
    MissedSums,
    MissedView,
    MovedView,
    OutageView,
    SimulationView,
    SimulationWish,
    StepView,
    Sums,
    WaitsFor,
)
from services.tpg_sync.settings import SyncSettings

router = Router(prefix="/api/v1/compliance", tags=["compliance"])

SHOWN = 200


@router.post("/simulate")
@without_idempotency("it changes nothing")
async def simulate_scenario(uow: Uow, caller: Viewer, wish: SimulationWish, request: Request) -> SimulationView:
    """Foretell what stands now as if TPGateway were down, or limits were others; nothing is kept."""
    runtime: Runtime[SyncSettings] = request.app.state.runtime
    now, waiting = uow.now(), await backlog(uow)
    recovery = runtime.settings.recovery(jobs=waiting.jobs, attempts=waiting.attempts)
    outage = None if wish.outage is None else Outage.of(wish.outage.began_at or now, wish.outage.hours, recovery)
    at = wish.at or (now if outage is None else max(now, outage.drained_at))
    if at < now:
        raise NotForetold(at, now)
    scenario = Scenario(
        now=now,
        at=at,
        provider=await provider_of(uow),
        recovery=recovery,
        outage=outage,
        limits={limit.key: limit.days for limit in wish.limits},
        limits_from=wish.limits_from,
    )
    duties = await standing_duties(uow, staff=staff_of(caller))
    # Beside the loop: tens of thousands of duties are some tenths of a second, in which others want to be answered.
    found = await asyncio.to_thread(simulate, duties, scenario)
    return _view(scenario, found)


def _view(scenario: Scenario, found: Simulated) -> SimulationView:
    outage = scenario.outage
    return SimulationView(
        asked_at=scenario.now,
        at=scenario.at,
        outage=None
        if outage is None
        else OutageView(began_at=outage.began_at, ends_at=outage.ends_at, drained_at=outage.drained_at),
        before=_totals(found.before),
        after=_totals(found.after),
        moved_count=len(found.moved),
        moved=[_moved(one) for one in found.moved[:SHOWN]],
        missed=MissedSums(
            count=len(found.missed),
            money_at_risk_cents=sum(one.duty.money_cents for one in found.missed),
            avoidable=sum(one.do_before is not None for one in found.missed),
            items=[_missed(one) for one in found.missed[:SHOWN]],
        ),
        course=[StepView(at=step.at, before=_totals(step.before), after=_totals(step.after)) for step in found.course],
    )


def _totals(totals: Totals) -> Sums:
    levels = {level.value: totals.levels[level] for level in ObligationLevel}
    return Sums(**levels, breached=totals.breached, money_at_risk_cents=totals.money_cents)


def _waits_for(duty: Supposed) -> WaitsFor:
    return WaitsFor.TPGATEWAY if duty.on_its_way else WaitsFor.PEOPLE


def _moved(one: Moved) -> MovedView:
    return MovedView(
        id=one.duty.id,
        key=one.duty.key,
        subject_id=one.duty.subject_id,
        run_id=one.duty.run_id,
        waits_for=_waits_for(one.duty),
        due_before=one.duty.case.timing.due_at,
        due_after=one.due_at,
        level_before=one.before.level,
        level_after=one.after.level,
        breached_before=one.before.breached,
        breached_after=one.after.breached,
        money_at_risk_cents=one.duty.money_cents,
    )


def _missed(one: Missed) -> MissedView:
    rule = rule_view(policy_on(singapore_day(one.duty.anchor_at)).name, one.duty.key)
    return MissedView(
        id=one.duty.id,
        key=one.duty.key,
        title=rule.title,
        subject_id=one.duty.subject_id,
        run_id=one.duty.run_id,
        waits_for=_waits_for(one.duty),
        missed_at=one.due_at,
        do_before=one.do_before,
        money_at_risk_cents=one.duty.money_cents,
        consequence=rule.consequence,
    )
