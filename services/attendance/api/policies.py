"""The numbers attendance is judged by."""

from fastapi import Response

from libs.access.permissions import Permission
from libs.database.versions import list_versions
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.commands.policy import introduce_policy
from services.attendance.models.policy import Policy
from services.attendance.schemas.policy import PolicyView, PolicyWish

router = Router(prefix="/api/v1/attendance", tags=["attendance"])


@router.get("/policy", dependencies=[allow(Permission.ATTENDANCE_VIEW)])
async def list_policies(uow: Uow) -> list[PolicyView]:
    """Every version, the latest to begin first."""
    return [PolicyView.model_validate(each) for each in await list_versions(uow, Policy)]


@router.post("/policy", status_code=201, dependencies=[allow(Permission.POLICIES_WRITE)])
async def introduce(uow: Uow, wish: PolicyWish, response: Response) -> PolicyView:
    """New numbers from a future Singapore date on."""
    created = await introduce_policy(uow, wish)
    response.headers["Location"] = "/api/v1/attendance/policy"
    return PolicyView.model_validate(created)
