"""Course runs and their life."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.contracts.course import RunStatus
from libs.contracts.tpg_sync import SyncState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError, Invalid
from libs.privacy.vault import Vault
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from libs.web.views import PreflightView
from services.course.api.doors import (
    RunOverrider,
    RunReader,
    RunReopener,
    RunWriter,
    VaultOfService,
    may_override,
    own_only,
)
from services.course.api.views import run_detail
from services.course.commands import runs
from services.course.commands.trying import try_run
from services.course.models.run import CourseRun
from services.course.queries.calendar import booked_sessions
from services.course.queries.policy import policy_in_force
from services.course.queries.preflight import preflight
from services.course.queries.runs import RunFilter, get_run, list_runs
from services.course.schemas.run import (
    BookedSession,
    CloseWish,
    ConfirmWish,
    MaybeReason,
    ReasonWish,
    RunDetail,
    RunPatch,
    RunSummary,
    RunTrial,
    RunWish,
    TrialView,
)

router = Router(prefix="/api/v1/course-runs", tags=["course runs"])

CALENDAR_LONGEST = timedelta(days=31)


def _filter(
    caller: RunReader,
    status: Annotated[list[RunStatus], Query()] = [],  # noqa: B006 - FastAPI copies it for each request
    sync_state: Annotated[list[SyncState], Query()] = [],  # noqa: B006 - as above
    course_id: UUID | None = None,
    trainer_id: UUID | None = None,
    venue_id: UUID | None = None,
    from_on: Annotated[date | None, Query(description="Runs that end on this day or later.")] = None,
    to_on: Annotated[date | None, Query(description="Runs that start on this day or earlier.")] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Course reference or title, or TPGateway's run id.")
    ] = None,
) -> RunFilter:
    return RunFilter(
        statuses=status,
        sync_states=sync_state,
        course_id=course_id,
        trainer_id=trainer_id,
        venue_id=venue_id,
        from_on=from_on,
        to_on=to_on,
        text=q,
        only_user=own_only(caller, Permission.RUNS_VIEW),
    )


@router.get("")
async def list_course_runs(
    uow: Uow, paging: PageQuery, wanted: Annotated[RunFilter, Depends(_filter)]
) -> Page[RunSummary]:
    """Runs the caller may see, latest start first."""
    found = await list_runs(uow, wanted, after=paging.after(date, UUID), limit=paging.limit + 1)
    return page(found, paging.limit, key=lambda run: (run.start_on.isoformat(), run.id))


@router.post("", status_code=201)
async def create_course_run(
    uow: Uow, caller: RunWriter, vault: VaultOfService, wish: RunWish, response: Response
) -> RunDetail:
    """Draft a run; people and rooms of its sessions are booked from here on."""
    run = await runs.create_run(uow, wish, may_override=may_override(caller))
    response.headers["Location"] = f"/api/v1/course-runs/{run.id}"
    return await shown(uow, run, caller, vault, response)


@router.post("/preflight", dependencies=[allow(Permission.RUNS_WRITE)])
@without_idempotency("it changes nothing")
async def try_course_run(uow: Uow, vault: VaultOfService, wish: RunTrial) -> TrialView:
    """What saving and publishing this plan would meet, by our rules, TPGateway's and the calendars. Keeps nothing."""
    return await try_run(uow, wish, vault=vault)


@router.get("/calendar")
async def read_calendar(uow: Uow, caller: RunReader, from_on: date, to_on: date) -> list[BookedSession]:
    """Sessions of the runs the caller may see between two days, both included; cancelled ones too, a month at most."""
    if not timedelta() <= to_on - from_on <= CALENDAR_LONGEST:
        fix = f"Choose a day from {from_on} on, at most {CALENDAR_LONGEST.days} days later."
        wrong = FieldError("to_on", "span", "The calendar shows a month at most, forwards.", fix)
        raise Invalid("These days are no span of the calendar.", [wrong])
    return await booked_sessions(uow, from_on, to_on, only_user=own_only(caller, Permission.RUNS_VIEW))


@router.get("/{run_id}")
async def get_course_run(
    uow: Uow, caller: RunReader, vault: VaultOfService, run_id: UUID, response: Response
) -> RunDetail:
    """A run with its sessions, people, sync state, and what the caller may do with it."""
    run = await get_run(uow, run_id, only_user=own_only(caller, Permission.RUNS_VIEW))
    return await shown(uow, run, caller, vault, response)


@router.get("/{run_id}/preflight", dependencies=[allow(Permission.RUNS_WRITE)])
async def preflight_course_run(uow: Uow, vault: VaultOfService, run_id: UUID) -> PreflightView:
    """What stands in the way of publishing, by our rules and TPGateway's."""
    run = await get_run(uow, run_id)
    course, policy = await runs.course_of(uow, run), await policy_in_force(uow)
    return PreflightView.of(*await preflight(uow, run, course, policy, vault))


@router.patch("/{run_id}")
async def edit_course_run(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    patch: RunPatch,
    version: IfMatch,
    response: Response,
) -> RunDetail:
    """Change the fields sent."""
    run = await runs.edit_run(uow, run_id, patch, version=version, may_override=may_override(caller))
    return await shown(uow, run, caller, vault, response)


@router.put("/{run_id}")
async def replan_course_run(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    wish: RunWish,
    version: IfMatch,
    response: Response,
) -> RunDetail:
    """Plan a draft anew, all of it in one step; the course stays."""
    run = await runs.replan_run(uow, run_id, wish, version=version, may_override=may_override(caller))
    return await shown(uow, run, caller, vault, response)


@router.post("/{run_id}/publish")
async def publish_course_run(
    uow: Uow, caller: RunWriter, vault: VaultOfService, run_id: UUID, version: IfMatch, response: Response
) -> RunDetail:
    """Owe the run to TPGateway; refused with every finding while TPGateway would refuse it."""
    run = await runs.publish_run(uow, run_id, version=version, vault=vault)
    return await shown(uow, run, caller, vault, response)


@router.post("/{run_id}/confirm")
async def confirm_course_run(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    version: IfMatch,
    response: Response,
    wish: ConfirmWish | None = None,
) -> RunDetail:
    """It will take place; with too few seats taken only by override with a reason."""
    run = await runs.confirm_run(uow, run_id, wish or ConfirmWish(), version=version, may_override=may_override(caller))
    return await shown(uow, run, caller, vault, response)


@router.post("/{run_id}/cancel")
async def cancel_course_run(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> RunDetail:
    """It will not take place; refused once somebody was present."""
    run = await runs.cancel_run(uow, run_id, wish.reason, version=version)
    return await shown(uow, run, caller, vault, response)


@router.post("/{run_id}/discard")
async def discard_course_run(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    version: IfMatch,
    response: Response,
    wish: MaybeReason | None = None,
) -> RunDetail:
    """Throw a draft away."""
    run = await runs.discard_run(uow, run_id, wish.reason if wish else None, version=version)
    return await shown(uow, run, caller, vault, response)


@router.post("/{run_id}/cut-short")
async def cut_course_run_short(
    uow: Uow,
    caller: RunOverrider,
    vault: VaultOfService,
    run_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> RunDetail:
    """End a run under way; its sessions ahead are cancelled."""
    run = await runs.cut_run_short(uow, run_id, wish.reason, version=version)
    return await shown(uow, run, caller, vault, response)


@router.post("/{run_id}/close")
async def close_course_run(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    version: IfMatch,
    response: Response,
    wish: CloseWish | None = None,
) -> RunDetail:
    """Nothing is owed any more, or what is has been waived with a reason."""
    run = await runs.close_run(uow, run_id, wish or CloseWish(), version=version, may_override=may_override(caller))
    return await shown(uow, run, caller, vault, response)


@router.post("/{run_id}/reopen")
async def reopen_course_run(
    uow: Uow,
    caller: RunReopener,
    vault: VaultOfService,
    run_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> RunDetail:
    """Back to `ended` for a correction."""
    run = await runs.reopen_run(uow, run_id, wish.reason, version=version)
    return await shown(uow, run, caller, vault, response)


async def shown(uow: UnitOfWork, run: CourseRun, caller: Principal, vault: Vault, response: Response) -> RunDetail:
    """The run as the caller sees it, with its ETag."""
    etag(response, run.version)
    return await run_detail(uow, run, caller, vault)
