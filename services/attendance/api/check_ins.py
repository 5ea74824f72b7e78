"""Checking in: the screen in the room, personal passes, and the one route for people without an account."""

from uuid import UUID

from fastapi import Response

from libs.privacy.mask import mask_name
from libs.web.guard import public
from libs.web.idempotency import without_idempotency
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.api.doors import MarkerOfRuns, RuntimeOfService, marks, masked
from services.attendance.api.sheets import opened_if_due
from services.attendance.api.views import shown_lines
from services.attendance.client import names_of
from services.attendance.commands import checking_in
from services.attendance.models.codes import OFFICIALLY_SCANNED
from services.attendance.queries.check_ins import sharing_devices
from services.attendance.queries.policy import policy_in_force
from services.attendance.queries.runs import get_run, get_session, is_funded
from services.attendance.queries.sheets import lines_of
from services.attendance.schemas.check_in import (
    CheckInAnswer,
    CheckInWish,
    PassesWish,
    PassView,
    RoomLine,
    RoomView,
)
from services.attendance.tokens import changes_at, code_of

router = Router(prefix="/api/v1/attendance/check-in", tags=["check-in"])


@router.post("", dependencies=[public("people in the room have no account; code and personal pass prove them")])
@without_idempotency("checking in again changes nothing, and nobody is known here to keep answers for")
async def check_in(uow: Uow, runtime: RuntimeOfService, wish: CheckInWish, response: Response) -> CheckInAnswer:
    """Check in with the code on the screen and one's own pass; too early, the answer says when to come back."""
    response.headers["Cache-Control"] = "no-store"
    return await checking_in.check_in(uow, wish, runtime.vault)


@router.post("/passes", status_code=201)
@without_idempotency("its answer holds the passes, which are shown once")
async def issue_passes(
    uow: Uow, caller: MarkerOfRuns, runtime: RuntimeOfService, wish: PassesWish, response: Response
) -> list[PassView]:
    """New personal passes for a run's people, to be handed to each alone."""
    response.headers["Cache-Control"] = "no-store"
    return list(await checking_in.issue_passes(uow, wish, runtime.vault, scope=marks(caller)))


@router.get("/{session_id}/code")
async def get_code(
    uow: Uow, caller: MarkerOfRuns, runtime: RuntimeOfService, session_id: UUID, response: Response
) -> RoomView:
    """The code of this half minute, and who is there and who is missing. Ask again at `changes_at`."""
    session = await get_session(uow, session_id, scope=marks(caller))
    run, policy, now = await get_run(uow, session.run_id, scope=None), await policy_in_force(uow), uow.now()
    sheet = await opened_if_due(uow, runtime, session_id)
    lines = shown_lines(await lines_of(uow, session_id)) if sheet else []
    sharing = await sharing_devices(uow, session_id)
    names = await names_of(runtime, session.run_id, runtime.settings.roll_patience)
    hide = masked(caller)

    def name_of(enrolment_id: UUID) -> str | None:
        entry = (names or {}).get(enrolment_id)
        return None if entry is None else mask_name(entry.full_name) if hide else entry.full_name

    shown = [
        RoomLine(
            enrolment_id=line.enrolment_id,
            attendance_id=line.id,
            name=name_of(line.enrolment_id),
            state=line.state,
            checked_in_at=line.checked_in_at,
            shared_device=line.enrolment_id in sharing,
        )
        for line in lines
    ]
    response.headers["Cache-Control"] = "no-store"
    return RoomView(
        session_id=session_id,
        code=code_of(session_id, now, runtime.vault),
        changes_at=changes_at(now),
        opens_at=session.start_at - policy.early,
        closes_at=session.start_at + policy.close,
        official_record=session.mode_of_training in OFFICIALLY_SCANNED and await is_funded(uow, run.course_id),
        names_available=names is not None,
        present=[line for line in shown if line.state in checking_in.THERE],
        missing=[line for line in shown if line.state not in checking_in.THERE],
    )
