"""The numbers enrolments are judged by, and how a run's places are taken."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.database.versions import list_versions
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import Reader, own_only
from services.enrolment.commands.policy import introduce_policy
from services.enrolment.models.policy import Policy
from services.enrolment.models.run import Run
from services.enrolment.queries.runs import get_seats
from services.enrolment.schemas.enrolment import SeatsView
from services.enrolment.schemas.policy import PolicyView, PolicyWish

router = Router(prefix="/api/v1/enrolments", tags=["enrolments"])


@router.get("/policies", dependencies=[allow(Permission.ENROLMENTS_VIEW)])
async def list_policies(uow: Uow) -> list[PolicyView]:
    """Every version, the latest to begin first."""
    return [PolicyView.model_validate(each) for each in await list_versions(uow, Policy)]


@router.post("/policies", status_code=201, dependencies=[allow(Permission.POLICIES_WRITE)])
async def introduce(uow: Uow, wish: PolicyWish, response: Response) -> PolicyView:
    """New numbers from a future Singapore date on."""
    created = await introduce_policy(uow, wish)
    response.headers["Location"] = "/api/v1/enrolments/policies"
    return PolicyView.model_validate(created)


@router.get("/seats/{run_id}")
async def get_run_seats(uow: Uow, caller: Reader, run_id: UUID) -> SeatsView:
    """Places of a run: taken, held for somebody, waited for, free."""
    seats = await get_seats(uow, run_id, only_user=own_only(caller, Permission.ENROLMENTS_VIEW))
    run = await uow.get(Run, run_id)
    counted = SeatsView.model_fields.keys() - {"run_status"}
    return SeatsView(run_status=run.status, **{name: getattr(seats, name) for name in counted})
