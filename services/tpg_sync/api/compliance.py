"""HTTP in: what is owed by when, how that stands, what if, and a person's word that one duty is let go."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.contracts.tpg_sync import ObligationLevel
from libs.sources import singapore_day
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.tpg_sync.api.rules import all_policies, rule_view
from services.tpg_sync.commands import obligations as deciding
from services.tpg_sync.models import Obligation, ObligationKey, ObligationState
from services.tpg_sync.policy import policy_on
from services.tpg_sync.queries import obligations as asking
from services.tpg_sync.queries.day_starts import day_starts
from services.tpg_sync.queries.due_days import due_by_day
from services.tpg_sync.queries.obligations import AGES, Cell, ObligationFilter
from services.tpg_sync.schemas import ReasonWish
from services.tpg_sync.schemas.compliance import (
    AgeSums,
    DayStartView,
    DaysView,
    DayView,
    HistoryView,
    KeySums,
    ObligationView,
    PoliciesView,
    RunSums,
    SummaryView,
    Sums,
)
from services.tpg_sync.settings import SyncSettings

router = Router(prefix="/api/v1/compliance", tags=["compliance"])

Viewer = Annotated[Principal, allow(Permission.COMPLIANCE_VIEW)]
Anybody = Annotated[Principal, allow(Permission.COMPLIANCE_HEALTH)]
may_view = allow(Permission.COMPLIANCE_VIEW)
may_waive = allow(Permission.COMPLIANCE_WAIVE)


def staff_of(caller: Principal) -> UUID | None:
    """Whose runs the caller is held to; None for everybody's."""
    return caller.subject if caller.grant(Permission.COMPLIANCE_VIEW) is Grant.OWN else None


def _filter(
    caller: Viewer,
    key: ObligationKey | None = None,
    level: ObligationLevel | None = None,
    state: ObligationState | None = None,
    breached: bool | None = None,
    run_id: UUID | None = None,
    subject_id: UUID | None = None,
    older_than_days: Annotated[int | None, Query(ge=0, le=3_660)] = None,
    due_from: datetime | None = None,
    due_until: datetime | None = None,
) -> ObligationFilter:
    return ObligationFilter(
        key=key,
        level=level,
        state=state,
        breached=breached,
        run_id=run_id,
        subject_id=subject_id,
        older_than_days=older_than_days,
        due_from=due_from,
        due_until=due_until,
        staff=staff_of(caller),
    )


Wanted = Annotated[ObligationFilter, Depends(_filter)]


@router.get("/obligations", dependencies=[may_view])
async def list_obligations(uow: Uow, paging: PageQuery, wanted: Wanted) -> Page[ObligationView]:
    """Duties, due first is first; without a state, those somebody still has to look at."""
    after = paging.after(datetime, UUID)
    rows = await asking.list_obligations(uow, wanted, after=after, limit=paging.limit + 1)
    return page(_views(rows, uow.now()), paging.limit, key=lambda view: (view.due_at, view.id))


@router.get("/queue", dependencies=[may_view])
async def list_queue(uow: Uow, paging: PageQuery, wanted: Wanted) -> Page[ObligationView]:
    """What is amber or red, most money at risk and least time left first."""
    after = paging.after(datetime, UUID)
    rows = await asking.list_queue(uow, wanted, after=after, limit=paging.limit + 1)
    places = {row.id: row.queue_at for row in rows}
    return page(_views(rows, uow.now()), paging.limit, key=lambda view: (places[view.id], view.id))


def _views(rows: Sequence[Obligation], now: datetime) -> list[ObligationView]:
    return [ObligationView.of(row, rule_view(row.policy, row.key), now) for row in rows]


@router.get("/obligations/{obligation_id}")
async def get_obligation(uow: Uow, caller: Viewer, obligation_id: UUID, response: Response) -> ObligationView:
    """One duty."""
    row = await asking.get_obligation(uow, obligation_id, staff=staff_of(caller))
    etag(response, row.version)
    return _views([row], uow.now())[0]


@router.post("/obligations/{obligation_id}/waive", dependencies=[may_waive])
async def waive_obligation(
    uow: Uow, obligation_id: UUID, version: IfMatch, wish: ReasonWish, response: Response
) -> ObligationView:
    """Decide, for a reason, that nothing more will be done about it."""
    row = await deciding.waive(uow, obligation_id, version=version, reason=wish.reason)
    etag(response, row.version)
    return _views([row], uow.now())[0]


@router.get("/summary")
async def get_summary(uow: Uow, caller: Anybody) -> SummaryView:
    """Everything that stands, added up. Who may only see how the whole is doing gets counts, no runs, no money."""
    health_only = caller.grant(Permission.COMPLIANCE_VIEW) is None
    staff = None if health_only else staff_of(caller)
    cells = await asking.tally(uow, staff=staff)
    runs = [] if health_only else await asking.worst_runs(uow, staff=staff)
    by_key = {key: [cell for cell in cells if cell.key is key] for key in ObligationKey}
    by_age = [(weeks, [cell for cell in cells if cell.age == place]) for place, weeks in enumerate((*AGES, None))]
    return SummaryView(
        at=uow.now(),
        total=_sums(cells, health_only=health_only),
        by_key=[
            KeySums(key=key, **_sums(found, health_only=health_only).model_dump())
            for key, found in by_key.items()
            if found
        ],
        by_age=[
            AgeSums(within_weeks=weeks, **_sums(found, health_only=health_only).model_dump()) for weeks, found in by_age
        ],
        runs=[
            RunSums(
                run_id=one.run_id,
                amber=one.amber,
                red=one.red,
                breached=one.breached,
                money_at_risk_cents=one.money_cents,
                next_due_at=one.next_due_at,
            )
            for one in runs
        ],
    )


@router.get("/history")
async def get_history(uow: Uow, caller: Anybody, days: Annotated[int, Query(ge=1, le=366)] = 14) -> HistoryView:
    """How everything stood as each of the last days began.

    Empty for whoever is held to runs of their own: no run's past is kept by itself.
    """
    if staff_of(caller) is not None:
        return HistoryView(days=[])
    health_only = caller.grant(Permission.COMPLIANCE_VIEW) is None
    shown = [DayStartView.model_validate(each, from_attributes=True) for each in await day_starts(uow, days=days)]
    hidden = {"money_at_risk_cents": None} if health_only else {}
    return HistoryView(days=[view.model_copy(update=hidden) for view in shown])


@router.get("/days")
async def get_days(uow: Uow, caller: Anybody, days: Annotated[int, Query(ge=1, le=60)] = 14) -> DaysView:
    """What is overdue, and what falls due today and on the days after it, by level."""
    health_only = caller.grant(Permission.COMPLIANCE_VIEW) is None
    today = singapore_day(uow.now())
    shown = {day: DayView(day=day) for day in (None, *(today + timedelta(days=ahead) for ahead in range(days)))}
    for found in await due_by_day(uow, days=days, staff=None if health_only else staff_of(caller)):
        setattr(shown[found.day], found.level.value, found.count)
    return DaysView(at=uow.now(), days=list(shown.values()))


def _sums(cells: Iterable[Cell], *, health_only: bool) -> Sums:
    sums, money = Sums(), 0
    for cell in cells:
        setattr(sums, cell.level.value, getattr(sums, cell.level.value) + cell.count)
        sums.breached += cell.count if cell.breached else 0
        money += 0 if cell.level is ObligationLevel.GREEN else cell.money_cents
        sums.next_due_at = min(sums.next_due_at or cell.next_due_at, cell.next_due_at)
    sums.money_at_risk_cents = None if health_only else money
    return sums


@router.get("/policy", dependencies=[may_view])
async def get_policy(uow: Uow, request: Request) -> PoliciesView:
    """The rules duties are judged by: every set there is, and which is in force today."""
    runtime: Runtime[SyncSettings] = request.app.state.runtime
    in_force = policy_on(singapore_day(uow.now()))
    return PoliciesView(provider_type=runtime.settings.tpg_provider_type, policies=all_policies(in_force=in_force.name))
