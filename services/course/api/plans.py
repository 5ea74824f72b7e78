"""A run's plan: its dates, sessions, room and people."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.course.api.doors import RunReader, RunWriter, VaultOfService, own_only
from services.course.api.runs import shown
from services.course.api.views import session_views
from services.course.commands import plans
from services.course.queries.runs import get_run
from services.course.schemas.run import (
    NewSession,
    ReasonWish,
    RescheduleWish,
    RunDetail,
    SessionPatch,
    SessionView,
    TrainersChange,
    VenueChange,
)

router = Router(prefix="/api/v1/course-runs/{run_id}", tags=["course runs"])


@router.get("/sessions")
async def list_sessions(uow: Uow, caller: RunReader, run_id: UUID, response: Response) -> list[SessionView]:
    """Every session of the run in sequence, cancelled ones too; the ETag is the run's."""
    run = await get_run(uow, run_id, only_user=own_only(caller, Permission.RUNS_VIEW))
    etag(response, run.version)
    return session_views(run)


@router.post("/sessions", status_code=201, dependencies=[allow(Permission.RUNS_WRITE)])
async def add_session(uow: Uow, run_id: UUID, wish: NewSession, response: Response) -> SessionView:
    """Add a session; `is_makeup` for one after the run has ended."""
    run = await plans.add_session(uow, run_id, wish)
    added = session_views(run)[-1]
    etag(response, run.version)
    response.headers["Location"] = f"/api/v1/course-runs/{run_id}/sessions/{added.id}"
    return added


@router.get("/sessions/{session_id}")
async def get_session(uow: Uow, caller: RunReader, run_id: UUID, session_id: UUID, response: Response) -> SessionView:
    run = await get_run(uow, run_id, only_user=own_only(caller, Permission.RUNS_VIEW))
    etag(response, run.version)
    return SessionView.model_validate(run.session(session_id))


@router.patch("/sessions/{session_id}", dependencies=[allow(Permission.RUNS_WRITE)])
async def move_session(
    uow: Uow,
    run_id: UUID,
    session_id: UUID,
    patch: SessionPatch,
    version: IfMatch,
    response: Response,
) -> SessionView:
    """Change a session's time, mode, room or people; If-Match is the run's ETag."""
    run = await plans.move_session(uow, run_id, session_id, patch, version=version)
    etag(response, run.version)
    return SessionView.model_validate(run.session(session_id))


@router.post("/sessions/{session_id}/cancel", dependencies=[allow(Permission.RUNS_WRITE)])
async def cancel_session(
    uow: Uow,
    run_id: UUID,
    session_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> SessionView:
    """Take a session that lies ahead out of the plan; If-Match is the run's ETag."""
    run = await plans.cancel_session(uow, run_id, session_id, wish.reason, version=version)
    etag(response, run.version)
    return SessionView.model_validate(run.session(session_id))


@router.delete("/sessions/{session_id}", status_code=204, dependencies=[allow(Permission.RUNS_WRITE)])
async def remove_session(uow: Uow, run_id: UUID, session_id: UUID, version: IfMatch, response: Response) -> None:
    """Delete a draft's session; If-Match is the run's ETag."""
    run = await plans.remove_session(uow, run_id, session_id, version=version)
    etag(response, run.version)


@router.post("/reschedule")
async def reschedule(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    wish: RescheduleWish,
    version: IfMatch,
    response: Response,
) -> RunDetail:
    """Move a published run's dates and sessions in one step."""
    run = await plans.reschedule_run(uow, run_id, wish, version=version)
    return await shown(uow, run, caller, vault, response)


@router.post("/change-venue")
async def change_venue(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    wish: VenueChange,
    version: IfMatch,
    response: Response,
) -> RunDetail:
    """Another room for the run and the sessions ahead that stood in the old one."""
    run = await plans.change_venue(uow, run_id, wish, version=version)
    return await shown(uow, run, caller, vault, response)


@router.post("/change-trainers")
async def change_trainers(
    uow: Uow,
    caller: RunWriter,
    vault: VaultOfService,
    run_id: UUID,
    wish: TrainersChange,
    version: IfMatch,
    response: Response,
) -> RunDetail:
    """Exactly these people, on the run and on its sessions ahead."""
    run = await plans.change_trainers(uow, run_id, wish, version=version)
    return await shown(uow, run, caller, vault, response)
