from fastapi import Response

from libs.access.principal import Principal
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.web.etag import etag
from services.enrolment.api.views import enrolment_detail
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.schemas.enrolment import EnrolmentDetail


async def shown(
    uow: UnitOfWork, enrolment: Enrolment, caller: Principal, vault: PersonalVault, response: Response
) -> EnrolmentDetail:
    """The enrolment as the caller sees it, with its ETag and its own address: a successor's is another."""
    await uow.session.flush()
    etag(response, enrolment.version)
    response.headers["Content-Location"] = f"/api/v1/enrolments/{enrolment.id}"
    return await enrolment_detail(uow, enrolment, caller, vault)
