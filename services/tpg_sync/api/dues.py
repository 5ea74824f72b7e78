"""What is still owed of one person, for enrolment alone; the gateway never forwards here."""

from libs.access.permissions import Permission
from libs.contracts.submissions import Dues, DuesWish
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.tpg_sync.queries.dues import dues_of

router = Router(prefix="/internal/v1/dues", tags=["internal"])


@router.post("", dependencies=[allow(Permission.SUBMISSIONS_READ)])
@without_idempotency("it changes nothing, and tomorrow's answer is another")
async def tell_dues(uow: Uow, wish: DuesWish) -> Dues:
    """Whether anything of these enrolments is under way, differs, or presses."""
    return await dues_of(uow, wish)
