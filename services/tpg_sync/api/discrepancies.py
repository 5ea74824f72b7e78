"""HTTP in: where TPGateway disagrees, what would mend it, and a person's word on it."""

from collections import Counter
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from libs.access.permissions import Permission, Role
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.contracts.tpg_sync import RecordType
from libs.errors import NotFound
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.commands.rehearsing import rehearsal
from services.tpg_sync.commands.repairing import BulkDecided, Decided, Wish, decide, decide_many, mend
from services.tpg_sync.engine.reconciling.previewing import planned_calls
from services.tpg_sync.models import Action, Code, Discrepancy, DiscrepancyState, Verdict
from services.tpg_sync.queries.discrepancies import (
    DiscrepancyFilter,
    count_by_code,
    list_discrepancies,
    progress_of,
)
from services.tpg_sync.schemas.discrepancies import (
    BulkProgressView,
    BulkResolutionView,
    BulkResolutionWish,
    CountsView,
    DiscrepancyView,
    PlannedCallView,
    RepairJobView,
    ResolutionView,
    ResolutionWish,
    UndecidedView,
)
from services.tpg_sync.settings import SyncSettings

router = Router(prefix="/api/v1/sync/discrepancies", tags=["sync"])

may_view = allow(Permission.SYNC_VIEW)
Repairer = Annotated[Principal, allow(Permission.SYNC_REPAIR)]

EFFECTS = {
    Action.PUSH: "TPGateway is brought to what we hold.",
    Action.PULL: "Attendance is told of the official scan, and decides what it means.",
    Action.ADOPT: "What stands at TPGateway becomes one of ours.",
    Action.CANCEL_REMOTE: "It is taken away at TPGateway.",
    Action.VOID_REMOTE: "It is declared void at TPGateway, where it stays to be seen.",
    Action.REPLACE: "It is cancelled at TPGateway and created anew as we hold it.",
    Action.ACCEPT: "Nothing is sent; it is opened again when TPGateway's copy changes.",
    Action.ASSIGN: "Nothing is sent; somebody looks into it.",
}


def _filter(
    code: Code | None = None,
    state: DiscrepancyState | None = None,
    verdict: Verdict | None = None,
    record_type: RecordType | None = None,
    record_id: UUID | None = None,
    run_id: UUID | None = None,
    enrolment_id: UUID | None = None,
    assignee_id: Annotated[str | None, Query(max_length=100)] = None,
    bulk_id: UUID | None = None,
    due_within_hours: Annotated[int | None, Query(ge=0, le=8_784)] = None,
) -> DiscrepancyFilter:
    return DiscrepancyFilter(
        code=code,
        state=state,
        verdict=verdict,
        record_type=record_type,
        record_id=record_id,
        run_id=run_id,
        enrolment_id=enrolment_id,
        assignee_id=assignee_id,
        bulk_id=bulk_id,
        due_within=None if due_within_hours is None else timedelta(hours=due_within_hours),
    )


Wanted = Annotated[DiscrepancyFilter, Depends(_filter)]


@router.get("", dependencies=[may_view])
async def list_all(uow: Uow, paging: PageQuery, wanted: Wanted) -> Page[DiscrepancyView]:
    """Discrepancies, newest first."""
    rows = await list_discrepancies(uow, wanted, before=paging.after_uuid(), limit=paging.limit + 1)
    return page([DiscrepancyView.of(row, uow.now()) for row in rows], paging.limit, key=lambda view: view.id)


@router.get("/counts", dependencies=[may_view])
async def get_counts(uow: Uow, wanted: Wanted) -> CountsView:
    """How many a filter finds, by code."""
    by_code = await count_by_code(uow, wanted)
    return CountsView(total=sum(by_code.values()), by_code=by_code)


@router.post("/resolve")
async def resolve_many(uow: Uow, wish: BulkResolutionWish, caller: Repairer) -> BulkResolutionView:
    """Decide all that a filter finds; by default only show how many, and which of them this does not mend.

    `push`, `pull`, `replace`, `accept` and `assign` can be decided of many; what takes away at TPGateway is decided one
    by one. Of 500 at the most; the rest matches again.
    """
    wanted = DiscrepancyFilter(**wish.filter.model_dump())
    meant = _wish(wish.action, wish.reason, caller)
    if wish.dry_run:
        async with rehearsal(uow):
            decided = await decide_many(uow, wanted, meant, confirmed=None)
    else:
        decided = await decide_many(uow, wanted, meant, confirmed=wish.confirm)
    return _bulk_view(decided, dry_run=wish.dry_run)


def _bulk_view(decided: BulkDecided, *, dry_run: bool) -> BulkResolutionView:
    undecided = sorted(decided.undecided.items(), key=lambda one: (one[0].code, one[0].reason))
    refused: Counter[str] = Counter()
    for one, count in undecided:
        refused[one.reason] += count
    return BulkResolutionView(
        dry_run=dry_run,
        matching=decided.matching,
        by_code=decided.by_code,
        decidable=decided.decided,
        decided=0 if dry_run else decided.decided,
        refused=dict(refused),
        undecided=[
            UndecidedView(code=one.code, count=count, reason=one.reason, actions=[Action(each) for each in one.allowed])
            for one, count in undecided
        ],
        bulk_id=None if dry_run else decided.bulk_id,
    )


@router.get("/bulks/{bulk_id}", dependencies=[may_view])
async def get_progress(uow: Uow, bulk_id: UUID) -> BulkProgressView:
    """How a decision about many gets on."""
    progress = await progress_of(uow, bulk_id)
    if progress is None:
        raise NotFound("bulk repair", bulk_id)
    return BulkProgressView(
        bulk_id=bulk_id,
        total=progress.total,
        resolved=progress.resolved,
        sending=progress.sending,
        stuck=progress.stuck,
    )


@router.get("/{discrepancy_id}", dependencies=[may_view])
async def get_discrepancy(uow: Uow, discrepancy_id: UUID, response: Response) -> DiscrepancyView:
    row = await uow.get(Discrepancy, discrepancy_id)
    etag(response, row.version)
    return DiscrepancyView.of(row, uow.now())


@router.post("/{discrepancy_id}/resolve")
async def resolve(
    uow: Uow,
    request: Request,
    discrepancy_id: UUID,
    version: IfMatch,
    wish: ResolutionWish,
    caller: Repairer,
    response: Response,
) -> ResolutionView:
    """Decide what becomes of one; with `dry_run`, only show what would be sent."""
    wanted = _wish(wish.action, wish.reason, caller, wish.assignee_id)
    if wish.dry_run:
        return await _preview(uow, request, discrepancy_id, wanted, version)
    decided = await decide(uow, discrepancy_id, wanted, version=version)
    await uow.session.flush()
    etag(response, decided.row.version)
    return _view(uow, decided, wanted, dry_run=False)


async def _preview(uow: Uow, request: Request, discrepancy_id: UUID, wanted: Wish, version: int) -> ResolutionView:
    runtime: Runtime[SyncSettings] = request.app.state.runtime
    before = DiscrepancyView.of(await uow.get(Discrepancy, discrepancy_id), uow.now())
    async with rehearsal(uow), Owners(runtime.peers) as owners:
        decided = await decide(uow, discrepancy_id, wanted, version=version)
        jobs = await mend(uow, decided.row, wanted) if decided.waits_for_second else decided.jobs
        calls = await planned_calls(uow, decided.row, jobs, owners, runtime.settings)
        view = _view(uow, decided, wanted, dry_run=True)
    view.discrepancy, view.jobs = before, []
    view.calls = [
        PlannedCallView(
            kind=one.kind,
            operation=one.operation,
            method=one.method,
            path=one.path,
            body=None if one.body is None else dict(one.body),
            hints=list(one.hints),
        )
        for one in calls
    ]
    return view


def _view(uow: Uow, decided: Decided, wish: Wish, *, dry_run: bool) -> ResolutionView:
    return ResolutionView(
        discrepancy=DiscrepancyView.of(decided.row, uow.now()),
        dry_run=dry_run,
        effect="Another person has to agree first." if decided.waits_for_second else EFFECTS[wish.action],
        waits_for_second_person=decided.waits_for_second,
        jobs=[RepairJobView.of(job) for job in decided.jobs],
    )


def _wish(action: Action, reason: str, caller: Principal, assignee_id: str | None = None) -> Wish:
    return Wish(action=action, reason=reason, is_admin=Role.ADMIN in caller.roles, assignee_id=assignee_id)
