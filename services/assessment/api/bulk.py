"""A run's results in one request."""

from libs.access.permissions import Permission
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.assessment.api.doors import Enterer, VaultOfService, asker_of
from services.assessment.commands.bulk import take_all
from services.assessment.schemas.bulk import BulkView, BulkWish

router = Router(prefix="/api/v1/assessments", tags=["assessments"])


@router.post("/bulk")
async def enter_many(uow: Uow, caller: Enterer, vault: VaultOfService, wish: BulkWish) -> BulkView:
    """Drafts, or with `finalise` results, for many people of one run; each line has its own verdict."""
    permission = Permission.ASSESSMENTS_FINALISE if wish.finalise else Permission.ASSESSMENTS_ENTER
    return await take_all(uow, wish, vault, asker_of(caller, permission))
