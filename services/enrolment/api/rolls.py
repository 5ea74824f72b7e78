"""Names for other services' sheets and certificates: asked for when shown, with a service token, never kept there."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.submissions import Roll, RollMatch, RollMatchWish
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import VaultOfService
from services.enrolment.queries.rolls import match_roll, run_roll

router = Router(prefix="/internal/v1/rolls", tags=["internal"])


@router.get("/{run_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_roll(uow: Uow, vault: VaultOfService, run_id: UUID, response: Response) -> Roll:
    """Everyone who ever held a seat on the run, identity numbers masked."""
    response.headers["Cache-Control"] = "no-store"
    return await run_roll(uow, run_id, vault)


@router.post("/{run_id}/match", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def match_id_numbers(uow: Uow, vault: VaultOfService, run_id: UUID, wish: RollMatchWish) -> RollMatch:
    """Which enrolment each identity number of a file belongs to; changes nothing."""
    return await match_roll(uow, run_id, wish.id_numbers, vault)
