"""The claim check, for tpg-sync alone; the gateway never forwards here."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.submissions import AttendanceSubmission
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.queries.submissions import attendance_submission

router = Router(prefix="/internal/v1/submissions", tags=["internal"])


@router.get("/attendance/{attendance_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_attendance_submission(uow: Uow, attendance_id: UUID, response: Response) -> AttendanceSubmission:
    """The mark as TPGateway is to hold it."""
    response.headers["Cache-Control"] = "no-store"
    return await attendance_submission(uow, attendance_id)
