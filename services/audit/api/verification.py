"""Read all the evidence again."""

from dataclasses import replace

from libs.access.permissions import Permission
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.audit.api.doors import Desk
from services.audit.commands.attesting import attest_verification
from services.audit.errors import RangeReversed
from services.audit.queries.verifying import holds_root, verify
from services.audit.schemas.verification import VerdictView, VerifyWish

router = Router(prefix="/api/v1/audit", tags=["audit"])


@router.post("/verify", dependencies=[allow(Permission.AUDIT_VERIFY)])
async def verify_log(uow: Uow, desk: Desk, wish: VerifyWish) -> VerdictView:
    """Recompute links, columns, tree and signatures; the outcome itself goes on record."""
    if wish.to_seq is not None and wish.to_seq < wish.from_seq:
        raise RangeReversed
    batch = desk.settings.verify_batch
    verdict = await verify(uow, from_seq=wish.from_seq, to_seq=wish.to_seq, batch=batch)
    if verdict.intact and wish.known is not None:
        fault = await holds_root(uow, wish.known.tree_size, bytes.fromhex(wish.known.root_hash))
        verdict = replace(verdict, fault=fault)
    event = attest_verification(uow, verdict)
    return VerdictView.of(event.verification_id, verdict)
