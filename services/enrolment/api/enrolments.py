"""Enrolments: lists, registration, and changes of who pays."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from libs.access.permissions import Permission
from libs.contracts.enrolment import EnrolmentStatus, FeeStatus, Sponsorship
from libs.contracts.tpg_sync import SyncState
from libs.web.cursors import Key
from libs.web.etag import IfMatch
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from libs.web.turns import in_line
from libs.web.views import PreflightView
from services.enrolment.api.doors import Reader, VaultOfService, Writer, desk_line, may_override, own_only
from services.enrolment.api.showing import shown
from services.enrolment.api.views import summaries
from services.enrolment.commands import amending, registering
from services.enrolment.queries.enrolments import EnrolmentFilter, get_enrolment, list_enrolments
from services.enrolment.queries.preflight import preflight
from services.enrolment.queries.runs import runs_with_funding
from services.enrolment.schemas.enrolment import EnrolmentDetail, EnrolmentPatch, EnrolmentSummary, EnrolmentWish

router = Router(prefix="/api/v1/enrolments", tags=["enrolments"])


def _filter(
    caller: Reader,
    run_id: UUID | None = None,
    trainee_id: UUID | None = None,
    employer_id: UUID | None = None,
    status: Annotated[list[EnrolmentStatus], Query()] = [],  # noqa: B006 - FastAPI copies it for each request
    sync_state: Annotated[list[SyncState], Query()] = [],  # noqa: B006 - as above
    fee_status: Annotated[list[FeeStatus], Query()] = [],  # noqa: B006 - as above
    sponsorship: Sponsorship | None = None,
    fundable: Annotated[bool | None, Query(description="Whether the grant stands, where it was judged.")] = None,
    refund_due: Annotated[bool | None, Query(description="Cancelled ones for which money is still held.")] = None,
    from_on: Annotated[date | None, Query(description="Enrolled on this day or later.")] = None,
    to_on: Annotated[date | None, Query(description="Enrolled on this day or earlier.")] = None,
    remote_id: Annotated[str | None, Query(max_length=50, description="TPGateway's enrolment reference.")] = None,
) -> EnrolmentFilter:
    return EnrolmentFilter(
        run_id=run_id,
        trainee_id=trainee_id,
        employer_id=employer_id,
        statuses=status,
        sync_states=sync_state,
        fee_statuses=fee_status,
        sponsorship=sponsorship,
        fundable=fundable,
        refund_due=refund_due,
        from_on=from_on,
        to_on=to_on,
        remote_id=remote_id,
        only_user=own_only(caller, Permission.ENROLMENTS_VIEW),
    )


@router.get("")
async def list_places(
    uow: Uow,
    caller: Reader,
    vault: VaultOfService,
    paging: PageQuery,
    wanted: Annotated[EnrolmentFilter, Depends(_filter)],
) -> Page[EnrolmentSummary]:
    """Enrolments the caller may see, newest first (by day, where days narrow it); identity numbers masked."""
    after = paging.after(date, UUID) if wanted.by_day else paging.after_uuid()
    rows = await list_enrolments(uow, wanted, after=after, limit=paging.limit + 1)
    return page(await summaries(uow, rows, caller, vault), paging.limit, key=_by_day if wanted.by_day else _by_id)


def _by_id(view: EnrolmentSummary) -> Key:
    return view.id


def _by_day(view: EnrolmentSummary) -> Key:
    return view.enrolled_on.isoformat(), view.id


@router.post("", status_code=201)
async def register(
    uow: Uow, caller: Writer, vault: VaultOfService, wish: EnrolmentWish, response: Response
) -> EnrolmentDetail:
    """Put a person down for a run. It is a draft: no seat is held before it is confirmed."""
    enrolment = await registering.register(uow, wish, may_override=may_override(caller))
    response.headers["Location"] = f"/api/v1/enrolments/{enrolment.id}"
    return await shown(uow, enrolment, caller, vault, response)


@router.get("/{enrolment_id}")
async def get_place(
    uow: Uow, caller: Reader, vault: VaultOfService, enrolment_id: UUID, response: Response
) -> EnrolmentDetail:
    """An enrolment with its fees, sync state, and what the caller may do with it."""
    enrolment = await get_enrolment(uow, enrolment_id, only_user=own_only(caller, Permission.ENROLMENTS_VIEW))
    return await shown(uow, enrolment, caller, vault, response)


@router.get("/{enrolment_id}/preflight")
async def preflight_place(uow: Uow, caller: Reader, vault: VaultOfService, enrolment_id: UUID) -> PreflightView:
    """What TPGateway would refuse of the enrolment as it stands, or once it is confirmed. Changes nothing."""
    enrolment = await get_enrolment(uow, enrolment_id, only_user=own_only(caller, Permission.ENROLMENTS_VIEW))
    run, funded = (await runs_with_funding(uow, [enrolment.run_id]))[enrolment.run_id]
    found = await preflight(uow, enrolment, run, vault, funded=funded)
    return PreflightView.of(found.errors, found.warnings)


@router.patch("/{enrolment_id}")
@in_line(desk_line)
async def amend(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    enrolment_id: UUID,
    patch: EnrolmentPatch,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Change who pays. A confirmed enrolment is replaced: the answer is its successor, on the same seat."""
    enrolment = await amending.amend(uow, enrolment_id, patch, version=version, vault=vault)
    return await shown(uow, enrolment, caller, vault, response)
