"""Somebody changes course runs and their sessions in the portal."""

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, ValidationError

from infra.tpg_simulator.control.portal.drift import Drift, drifted
from infra.tpg_simulator.control.wiring import Controlled
from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.runs.publish import session_id
from infra.tpg_simulator.world import World

router = APIRouter()


class NewSession(BaseModel):
    model_config = ConfigDict(extra="forbid")

    start_date: str
    end_date: str
    start_time: str
    end_time: str
    mode: str = "1"
    venue: Json | None = None


@router.get("/runs")
async def list_runs(world: Controlled, deleted: bool = False) -> list[CourseRun]:
    return [run for run in world.store.runs.values() if deleted or not run.deleted]


@router.get("/runs/{run_id}")
async def get_run(world: Controlled, run_id: int) -> CourseRun:
    """Read a run as stored, deleted or hidden ones too."""
    if run_id not in world.store.runs:
        raise HTTPException(404)
    return world.store.runs[run_id]


@router.patch("/runs/{run_id}")
async def change_run(world: Controlled, run_id: int, drift: Drift) -> CourseRun:
    run = _living(world, run_id)
    return _keep(world, run, drifted(run.model_dump(mode="json"), drift))


@router.delete("/runs/{run_id}")
async def delete_run(world: Controlled, run_id: int) -> CourseRun:
    run = _living(world, run_id)
    return _keep(world, run, {**run.model_dump(mode="json"), "deleted": True})


@router.post("/runs/{run_id}/sessions", status_code=201)
async def add_session(world: Controlled, run_id: int, new: NewSession) -> CourseRun:
    run = _living(world, run_id)
    course = world.seed.find_course(run.course_reference)
    if course is None:
        raise HTTPException(409, "the run's course is not in the seed file")
    number = run.sessions_made + 1
    added = {"session_id": session_id(course, run_id, number), **new.model_dump()}
    return _keep_sessions(world, run, [*_sessions_of(run), added])


@router.patch("/runs/{run_id}/sessions/{wanted}")
async def change_session(world: Controlled, run_id: int, wanted: str, drift: Drift) -> CourseRun:
    run = _living(world, run_id)
    sessions = _sessions_of(run)
    if wanted not in {session["session_id"] for session in sessions}:
        raise HTTPException(404)
    changed = [drifted(session, drift) if session["session_id"] == wanted else session for session in sessions]
    return _keep_sessions(world, run, changed)


@router.delete("/runs/{run_id}/sessions/{wanted}")
async def delete_session(world: Controlled, run_id: int, wanted: str) -> CourseRun:
    return await change_session(world, run_id, wanted, Drift(set={"deleted": True}))


def _living(world: World, run_id: int) -> CourseRun:
    run = world.store.runs.get(run_id)
    if run is None or run.deleted:
        raise HTTPException(404)
    return run


def _sessions_of(run: CourseRun) -> list[Json]:
    return [session.model_dump(mode="json") for session in run.sessions]


def _keep_sessions(world: World, run: CourseRun, sessions: list[Json]) -> CourseRun:
    made = max(run.sessions_made, len(sessions))
    return _keep(world, run, {**run.model_dump(mode="json"), "sessions": sessions, "sessions_made": made})


def _keep(world: World, run: CourseRun, changed: Json) -> CourseRun:
    now = world.clock.now().isoformat()
    stamped = {**changed, "run_id": run.run_id, "updated_at": now, "changed_by": "portal", "edits": run.edits + 1}
    try:
        changed_run = CourseRun.model_validate(stamped)
    except ValidationError as wrong:
        raise HTTPException(422, wrong.errors(include_url=False, include_context=False)) from None
    world.store.keep([changed_run], counted={"portal_changes": 1})
    return changed_run
