"""The key that signs checkpoints: made at the first need, replaced on schedule or on demand."""

from datetime import timedelta

from sqlalchemy import delete, text

from libs.contracts.audit import AuditKeyRotated
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.vault import Vault
from services.audit.models import PRIVATE_KEY, CheckpointKey, CheckpointSecret, Signer
from services.audit.queries.checkpoints import find_signer


async def signer_for(uow: UnitOfWork, vault: Vault) -> Signer:
    """The key that signs now; the very first one is made here."""
    await _one_at_a_time(uow)
    return await find_signer(uow, vault) or await _introduce(uow, vault, None, "the first key")


async def rotate_key(uow: UnitOfWork, vault: Vault, reason: str | None) -> CheckpointKey:
    """Sign with a new key from now on, introduced by the one so far, whose private half is destroyed."""
    await _one_at_a_time(uow)
    previous = await find_signer(uow, vault)
    return (await _introduce(uow, vault, previous, reason)).key


async def rotate_when_due(uow: UnitOfWork, vault: Vault, lifetime: timedelta) -> CheckpointKey | None:
    """Rotate when the key has signed long enough."""
    await _one_at_a_time(uow)
    signer = await find_signer(uow, vault)
    if signer is None or signer.key.made_at > uow.now() - lifetime:
        return None
    return (await _introduce(uow, vault, signer, "scheduled")).key


async def _introduce(uow: UnitOfWork, vault: Vault, previous: Signer | None, reason: str | None) -> Signer:
    signer, private = Signer.made(uow.now(), previous)
    await uow.session.execute(delete(CheckpointSecret))
    uow.add(signer.key)
    sealed = vault.seal(private, purpose=PRIVATE_KEY, subject=signer.key.id)
    uow.add(CheckpointSecret(key_id=signer.key.id, private_sealed=sealed))
    await uow.session.flush()
    uow.emit(AuditKeyRotated(key_id=signer.key.id, public_key=signer.key.public_key.hex()).because(reason))
    return signer


async def _one_at_a_time(uow: UnitOfWork) -> None:
    await uow.session.execute(text("select pg_advisory_xact_lock(hashtext('audit.checkpoint_key'))"))
