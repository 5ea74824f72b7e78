"""Signed checkpoints, how they follow from each other, and the keys that signed them."""

from typing import Annotated

from fastapi import Query

from libs.access.permissions import Permission
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.web.guard import allow, public
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.audit.api.doors import Desk
from services.audit.commands.keys import rotate_key
from services.audit.errors import LogBroken, SizesReversed
from services.audit.models import Checkpoint
from services.audit.queries.checkpoints import find_checkpoint, list_checkpoints, list_keys
from services.audit.queries.tree import TreeDamaged, consistency_path
from services.audit.schemas.checkpoints import CheckpointView, ConsistencyProof, KeysView, KeyView, RotateKeyWish
from services.audit.schemas.sequence import Size

router = Router(prefix="/api/v1/audit/checkpoints", tags=["audit"])

READ = [allow(Permission.AUDIT_READ)]


@router.get("", dependencies=READ)
async def list_all(
    uow: Uow,
    paging: PageQuery,
    from_size: Annotated[Size | None, Query(alias="from", description="Trees of at least so many entries.")] = None,
    to_size: Annotated[Size | None, Query(alias="to", description="Trees of at most so many entries.")] = None,
) -> Page[CheckpointView]:
    """Checkpoints, newest first."""
    before = paging.after(int)
    found = await list_checkpoints(uow, from_size=from_size, to_size=to_size, before=before, limit=paging.limit + 1)
    return page([CheckpointView.of(one) for one in found], paging.limit, key=lambda view: view.tree_size)


@router.get(
    "/keys", dependencies=[public("who verifies a pack outside has no account here; only public keys are told")]
)
async def show_keys(uow: Uow) -> KeysView:
    """Every public key that signs or signed, each introduced by the one before it."""
    return KeysView(items=[KeyView.of(key) for key in await list_keys(uow)])


@router.post("/keys/rotate", dependencies=[allow(Permission.KEYS_ROTATE)])
async def rotate(uow: Uow, desk: Desk, wish: RotateKeyWish) -> KeysView:
    """Sign with a new key from now on; the private half of the one so far is destroyed."""
    await rotate_key(uow, desk.vault, wish.reason)
    return KeysView(items=[KeyView.of(key) for key in await list_keys(uow)])


@router.get("/consistency", dependencies=READ)
async def prove_consistency(
    uow: Uow,
    from_size: Annotated[Size, Query(alias="from", description="The older checkpoint's tree size.")],
    to_size: Annotated[Size, Query(alias="to", description="The newer checkpoint's tree size.")],
) -> ConsistencyProof:
    """That between two checkpoints the log was only added to."""
    if from_size > to_size:
        raise SizesReversed
    older, newer = await _get(uow, from_size), await _get(uow, to_size)
    try:
        path = await consistency_path(uow, from_size, to_size)
    except TreeDamaged as damaged:
        raise LogBroken(from_size, str(damaged)) from damaged
    return ConsistencyProof(
        from_checkpoint=CheckpointView.of(older),
        to_checkpoint=CheckpointView.of(newer),
        path=[one.hex() for one in path],
    )


@router.get("/{tree_size}", dependencies=READ)
async def get_checkpoint(uow: Uow, tree_size: Size) -> CheckpointView:
    """The checkpoint over the first `tree_size` entries."""
    return CheckpointView.of(await _get(uow, tree_size))


async def _get(uow: UnitOfWork, tree_size: int) -> Checkpoint:
    found = await find_checkpoint(uow, tree_size)
    if found is None:
        raise NotFound("checkpoint", tree_size)
    return found
