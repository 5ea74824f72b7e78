"""HTTP in: compare with TPGateway, and how a comparison gets on."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.access.permissions import Permission
from libs.chassis.runtime import Runtime
from libs.sources import singapore_day
from libs.web.etag import etag
from libs.web.guard import allow
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.tpg_sync.commands.reconciling import reconcile_all, reconcile_run
from services.tpg_sync.models import Origin, Reconciliation, ReconciliationState
from services.tpg_sync.queries.discrepancies import ReconciliationFilter, list_reconciliations, steps_of
from services.tpg_sync.schemas.discrepancies import (
    ReconciliationDetail,
    ReconciliationView,
    ReconciliationWish,
    StepView,
)
from services.tpg_sync.settings import SyncSettings

router = Router(prefix="/api/v1/sync/reconciliations", tags=["sync"])

may_view = allow(Permission.SYNC_VIEW)
may_reconcile = allow(Permission.SYNC_RECONCILE)


def _filter(
    origin: Origin | None = None, state: ReconciliationState | None = None, run_id: UUID | None = None
) -> ReconciliationFilter:
    return ReconciliationFilter(origin=origin, state=state, run_id=run_id)


@router.post("", status_code=201, dependencies=[may_reconcile])
async def start_reconciliation(
    uow: Uow, request: Request, wish: ReconciliationWish, response: Response
) -> ReconciliationView:
    """Compare a run, or every open one, with TPGateway as soon as the rate allows."""
    runtime: Runtime[SyncSettings] = request.app.state.runtime
    if wish.run_id is not None:
        made = await reconcile_run(uow, wish.run_id)
    else:
        since = runtime.settings.watched_since(singapore_day(uow.now()))
        made = await reconcile_all(uow, ended_after=since)
    response.headers["Location"] = f"/api/v1/sync/reconciliations/{made.id}"
    etag(response, made.version)
    return ReconciliationView.of(made)


@router.get("", dependencies=[may_view])
async def list_all(
    uow: Uow, paging: PageQuery, wanted: Annotated[ReconciliationFilter, Depends(_filter)]
) -> Page[ReconciliationView]:
    """Comparisons, newest first."""
    rows = await list_reconciliations(uow, wanted, before=paging.after_uuid(), limit=paging.limit + 1)
    return page([ReconciliationView.of(row) for row in rows], paging.limit, key=lambda view: view.id)


@router.get("/{reconciliation_id}", dependencies=[may_view])
async def get_reconciliation(uow: Uow, reconciliation_id: UUID, response: Response) -> ReconciliationDetail:
    """One comparison with its steps."""
    row = await uow.get(Reconciliation, reconciliation_id)
    etag(response, row.version)
    detail = ReconciliationDetail(**ReconciliationView.of(row).model_dump())
    detail.run_steps = [StepView.of(step) for step in await steps_of(uow, reconciliation_id)]
    return detail
