from fastapi import Response

from libs.access.principal import Principal
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.web.etag import etag
from services.assessment.api.views import detail
from services.assessment.models.assessment import Assessment
from services.assessment.schemas.assessment import AssessmentDetail


async def shown(
    uow: UnitOfWork, assessment: Assessment, caller: Principal, vault: PersonalVault, response: Response
) -> AssessmentDetail:
    """The assessment as the caller sees it, with its ETag and its own address: the next attempt's is another."""
    await uow.session.flush()
    etag(response, assessment.version)
    response.headers["Content-Location"] = f"/api/v1/assessments/{assessment.id}"
    return await detail(uow, assessment, caller, vault)
