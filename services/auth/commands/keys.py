"""Signing keys: made ahead, put to use, retired, forgotten. One process at a time decides."""

from datetime import timedelta

from sqlalchemy import delete, text
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.privacy.vault import Vault
from services.auth.models.signing_key import PRIVATE_KEY, KeyState, SigningKey
from services.auth.queries.keys import list_keys
from services.auth.settings import AuthSettings
from services.auth.tokens import KeyPair

SLACK = timedelta(minutes=2)
"""A retired key verifies this much longer than its last token lives: clocks differ, commits take time."""


async def ensure_keys(uow: UnitOfWork, vault: Vault) -> None:
    """Make the first active and next key if there are none. Safe to repeat and to run in several processes."""
    await _one_at_a_time(uow)
    states = {key.state for key in await list_keys(uow)}
    if KeyState.NEXT not in states:
        await _make_next(uow, vault)
    if KeyState.ACTIVE not in states:
        await _promote(uow, vault, reason=None)


async def rotate_keys(uow: UnitOfWork, vault: Vault, settings: AuthSettings, reason: str | None) -> None:
    """Sign with the next key from now on; the one so far verifies until its last token has expired."""
    await _one_at_a_time(uow)
    for key in await list_keys(uow):
        if key.state is KeyState.ACTIVE:
            key.retire(uow.now() + settings.access_token_lifetime + SLACK)
    await uow.session.flush()  # at most one key is active, also between two statements
    await _promote(uow, vault, reason=reason)


async def replace_keys(uow: UnitOfWork, vault: Vault, reason: str) -> None:
    """Withdraw every key at once, the waiting one too: whoever read one may have read all.

    Services notice with the first token of the new key, or after five minutes. Refresh tokens stay good.
    """
    await _one_at_a_time(uow)
    await uow.session.execute(delete(SigningKey))
    await _make_next(uow, vault)
    await _promote(uow, vault, reason=reason)


async def rotate_when_due(uow: UnitOfWork, vault: Vault, settings: AuthSettings) -> None:
    """Forget keys nobody needs to verify any more, and rotate when the active one has signed long enough."""
    await _one_at_a_time(uow)
    await uow.session.execute(delete(SigningKey).where(col(SigningKey.verifies_until) <= uow.now()))
    due = uow.now() - settings.key_lifetime
    active = [key for key in await list_keys(uow) if key.state is KeyState.ACTIVE]
    if any(key.activated_at is not None and key.activated_at <= due for key in active):
        await rotate_keys(uow, vault, settings, "scheduled")


async def _promote(uow: UnitOfWork, vault: Vault, *, reason: str | None) -> None:
    """Put the next key to use and make the one after it."""
    for key in await list_keys(uow):
        if key.state is KeyState.NEXT:
            uow.emit(key.activate(uow.now()).because(reason))
    await uow.session.flush()
    await _make_next(uow, vault)


async def _make_next(uow: UnitOfWork, vault: Vault) -> None:
    pair, key_id = KeyPair.generate(), uow.new_id()
    sealed = vault.seal(pair.private, purpose=PRIVATE_KEY, subject=key_id)
    uow.add(
        SigningKey(
            id=key_id,
            state=KeyState.NEXT,
            public_key=pair.public,
            private_sealed=sealed,
            created_at=uow.now(),
        )
    )
    await uow.session.flush()


async def _one_at_a_time(uow: UnitOfWork) -> None:
    await uow.session.execute(text("select pg_advisory_xact_lock(hashtext('auth.signing_key'))"))
