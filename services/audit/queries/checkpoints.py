"""Checkpoints and the keys that signed them."""

from sqlmodel import col, select

from libs.database.unit_of_work import UnitOfWork
from libs.privacy.vault import Vault
from services.audit.models import PRIVATE_KEY, Checkpoint, CheckpointKey, CheckpointSecret, Signer


async def newest_checkpoint(uow: UnitOfWork, *, at_most: int | None = None) -> Checkpoint | None:
    """The checkpoint of the largest tree, or of the largest with no more than so many entries."""
    query = select(Checkpoint).order_by(col(Checkpoint.tree_size).desc()).limit(1)
    if at_most is not None:
        query = query.where(col(Checkpoint.tree_size) <= at_most)
    return (await uow.session.execute(query)).scalar_one_or_none()


async def find_checkpoint(uow: UnitOfWork, tree_size: int) -> Checkpoint | None:
    return (
        await uow.session.execute(select(Checkpoint).where(col(Checkpoint.tree_size) == tree_size))
    ).scalar_one_or_none()


async def list_checkpoints(
    uow: UnitOfWork, *, from_size: int | None, to_size: int | None, before: int | None, limit: int
) -> list[Checkpoint]:
    """Checkpoints of trees of these sizes, largest first, below size `before`."""
    query = select(Checkpoint).order_by(col(Checkpoint.tree_size).desc()).limit(limit)
    if from_size is not None:
        query = query.where(col(Checkpoint.tree_size) >= from_size)
    if to_size is not None:
        query = query.where(col(Checkpoint.tree_size) <= to_size)
    if before is not None:
        query = query.where(col(Checkpoint.tree_size) < before)
    return list((await uow.session.execute(query)).scalars())


async def checkpoints_between(uow: UnitOfWork, from_size: int, to_size: int | None) -> list[Checkpoint]:
    """Every checkpoint of these sizes, smallest first; without `to_size`, of all from `from_size` on."""
    sizes = col(Checkpoint.tree_size)
    query = select(Checkpoint).where(sizes >= from_size).order_by(sizes)
    if to_size is not None:
        query = query.where(sizes <= to_size)
    return list((await uow.session.execute(query)).scalars())


async def list_keys(uow: UnitOfWork) -> list[CheckpointKey]:
    """Every key that ever signed, oldest first."""
    return list((await uow.session.execute(select(CheckpointKey).order_by(col(CheckpointKey.number)))).scalars())


async def find_signer(uow: UnitOfWork, vault: Vault) -> Signer | None:
    """The key that signs now; None before the first. Raises Unsealable when the vault cannot open its private half."""
    secret = (await uow.session.execute(select(CheckpointSecret))).scalar_one_or_none()
    if secret is None:
        return None
    key = await uow.get(CheckpointKey, secret.key_id)
    return Signer.opened(key, vault.open(secret.private_sealed, purpose=PRIVATE_KEY, subject=key.id))
