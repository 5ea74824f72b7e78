"""Signing keys: seen and rotated by administrators. Nobody sees a private half."""

from libs.access.permissions import Permission
from libs.database.unit_of_work import UnitOfWork
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.auth.api.doors import AtDesk
from services.auth.commands.keys import replace_keys, rotate_keys
from services.auth.queries.keys import list_keys
from services.auth.schemas.signing_key import RotateKeysWish, SigningKeysView, SigningKeyView

router = Router(prefix="/api/v1/auth/keys", tags=["keys"], dependencies=[allow(Permission.KEYS_ROTATE)])


@router.get("")
async def show_keys(uow: Uow) -> SigningKeysView:
    """The keys there are and what each is good for."""
    return await _shown(uow)


@router.post("/rotate")
async def rotate(uow: Uow, desk: AtDesk, wish: RotateKeysWish) -> SigningKeysView:
    """Sign with the next key from now on; with `compromised`, withdraw all keys and begin with new ones."""
    if wish.compromised:
        await replace_keys(uow, desk.vault, wish.reason)
    else:
        await rotate_keys(uow, desk.vault, desk.settings, wish.reason)
    return await _shown(uow)


async def _shown(uow: UnitOfWork) -> SigningKeysView:
    return SigningKeysView(items=[SigningKeyView.model_validate(key) for key in await list_keys(uow)])
