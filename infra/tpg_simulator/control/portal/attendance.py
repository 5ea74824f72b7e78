"""Somebody scans a code or works on attendance in the portal."""

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict

from infra.tpg_simulator.attendance.record import AttendanceRow
from infra.tpg_simulator.attendance.shapes import STATUS, TRAINEE
from infra.tpg_simulator.attendance.taken import with_attendance_taken
from infra.tpg_simulator.attendance.upload import make_row
from infra.tpg_simulator.control.portal.drift import Drift, any_of, changed_record, refuse_if_any, standing
from infra.tpg_simulator.control.wiring import Controlled
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.refusals import Problems
from infra.tpg_simulator.world import World

router = APIRouter(prefix="/attendance")
SCANNED = "Mobile"


class NewRow(BaseModel):
    """The `attendance` object of an upload, for a session; as a scan unless `entry_mode` says otherwise."""

    model_config = ConfigDict(extra="forbid")

    session_id: str
    attendance: Json
    entry_mode: str = SCANNED


@router.get("")
async def list_rows(
    world: Controlled, run_id: int | None = None, session_id: str | None = None, deleted: bool = False
) -> list[AttendanceRow]:
    """List rows as stored, in the order they were made."""
    return [
        row
        for row in world.store.attendance.all(deleted_too=deleted)
        if run_id in {None, row.run_id} and session_id in {None, row.session_id}
    ]


@router.get("/{row_id}")
async def get_row(world: Controlled, row_id: str) -> AttendanceRow:
    return any_of(world.store.attendance.find(row_id))


@router.post("", status_code=201)
async def add_row(world: Controlled, new: NewRow) -> AttendanceRow:
    run = _run_of(world, new.session_id)
    problems = Problems()
    found = read_fields((STATUS, TRAINEE), new.attendance, "attendance", problems)
    refuse_if_any(problems)
    row = make_row(world, run, {"sessionID": new.session_id, "attendance": found})
    scanned = new.entry_mode == SCANNED
    made = {"entry_mode": new.entry_mode, "manually_added": not scanned, "made_by": "portal", "changed_by": "portal"}
    return _keep(world, row.model_copy(update=made))


@router.patch("/{row_id}")
async def change_row(world: Controlled, row_id: str, drift: Drift) -> AttendanceRow:
    """Change a row; views then say that the provider edited it."""
    row = standing(world.store.attendance.find(row_id))
    return _keep(world, changed_record(world, row, drift, edited_by_tp=True))


@router.delete("/{row_id}")
async def remove_row(world: Controlled, row_id: str) -> AttendanceRow:
    return await change_row(world, row_id, Drift(set={"deleted": True}))


def _run_of(world: World, session_id: str) -> CourseRun:
    for run in world.store.runs.values():
        if any(session.session_id == session_id for session in run.live_sessions):
            return run
    raise HTTPException(404, "no such session")


def _keep(world: World, row: AttendanceRow) -> AttendanceRow:
    run = world.store.runs.get(row.run_id)
    runs = with_attendance_taken(world.store, run, [row]) if run else []
    world.store.keep(runs, records=[row], counted={"portal_changes": 1})
    return row
