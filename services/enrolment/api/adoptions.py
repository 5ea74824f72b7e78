"""Enrolments that were made at TPGateway become ours; for tpg-sync alone, the gateway never forwards here."""

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.submissions import Adopted
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import VaultOfService
from services.enrolment.commands.adopting import adopt
from services.enrolment.schemas.adoption import AdoptionWish

router = Router(prefix="/internal/v1/adoptions", tags=["internal"])


@router.post("", status_code=201, dependencies=[allow(Permission.ENROLMENTS_WRITE)])
async def adopt_enrolment(uow: Uow, vault: VaultOfService, wish: AdoptionWish, response: Response) -> Adopted:
    """Find or make the person, the employer and the seat. Answers 200 with what stands for the reference already."""
    enrolment, new = await adopt(uow, wish, vault)
    response.status_code = 201 if new else 200
    response.headers["Location"] = f"/api/v1/enrolments/{enrolment.id}"
    return Adopted(
        enrolment_id=enrolment.id,
        trainee_id=enrolment.trainee_id,
        status=enrolment.status,
        remote_id=wish.remote_id,
    )
