"""Service clients: making them, changing them, and giving them tokens."""

from datetime import timedelta
from uuid import UUID

from libs.access.permissions import Role
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Refused
from libs.privacy.vault import Vault
from services.auth.commands.issuing import Issued, Issuer
from services.auth.commands.sign_ins import tell_refusal
from services.auth.errors import NameTaken, ScopeNotGranted, TokenRefused, WrongClient
from services.auth.models.client import SECRET, Client, known_scopes
from services.auth.schemas.client import ClientPatch, ClientWish
from services.auth.tokens import new_secret


async def give_client_token(
    uow: UnitOfWork, issuer: Issuer, client_id: UUID | None, secret: str, scope: str | None
) -> Issued | TokenRefused:
    """A token for a client that knows its secret, for the scopes it asks for or all it has.

    A refusal is returned, so that its event is committed.
    """
    client = await uow.find(Client, client_id) if client_id is not None else None
    digest = issuer.vault.fingerprint(secret, purpose=SECRET)
    if client is None or not (client.knows(digest, uow.now()) and client.active):
        cause = "unknown_client" if client is None else "wrong_secret" if client.active else "disabled"
        tell_refusal(uow, cause, client_id=client.id if client else None)
        return WrongClient()
    wanted = tuple(dict.fromkeys(scope.split())) if scope else tuple(client.scopes)
    if not set(wanted) <= set(client.scopes):
        tell_refusal(uow, "scope_not_granted", client_id=client.id)
        return ScopeNotGranted()
    token = await issuer.access_token(uow, subject=client.id, roles=[Role.SERVICE.value], scopes=wanted)
    return Issued(token, issuer.settings.access_token_lifetime, scopes=wanted)


async def create_client(uow: UnitOfWork, vault: Vault, wish: ClientWish) -> tuple[Client, str]:
    """A new client and its secret, which nobody can read again. Raises NameTaken, ScopeUnknown."""
    secret = new_secret()
    client = Client(
        **lineage(uow),
        name=wish.name,
        scopes=known_scopes(wish.scopes),
        secret_digest=vault.fingerprint(secret, purpose=SECRET),
    )
    async with refusing(uow, _unique()):
        uow.add(client)
    uow.emit(client.created())
    return client, secret


async def edit_client(uow: UnitOfWork, client_id: UUID, patch: ClientPatch, *, version: int) -> Client:
    """Change the fields sent. Tokens already out keep their scopes for their few minutes."""
    client = await _expected(uow, client_id, version)
    given = patch.model_dump(exclude_unset=True)
    name = given.get("name", client.name)
    scopes = known_scopes(given["scopes"]) if "scopes" in given else client.scopes
    async with refusing(uow, _unique()):
        changed = client.change(name=name, scopes=scopes)
        if changed is not None:
            client.touch(uow)
    if changed is not None:
        uow.emit(changed)
    return client


async def rotate_secret(
    uow: UnitOfWork, vault: Vault, client_id: UUID, *, version: int, overlap: timedelta, reason: str | None
) -> tuple[Client, str]:
    """A new secret; the one so far works on for `overlap`."""
    client = await _expected(uow, client_id, version)
    secret = new_secret()
    rotated = client.take_secret(
        vault.fingerprint(secret, purpose=SECRET), now=uow.now(), overlap=overlap, reason=reason
    )
    client.touch(uow)
    uow.emit(rotated)
    return client, secret


async def disable_client(uow: UnitOfWork, client_id: UUID, reason: str, *, version: int) -> Client:
    """No more tokens for it, until it is enabled again."""
    client = await _expected(uow, client_id, version)
    uow.emit(client.disable(reason))
    client.touch(uow)
    return client


async def enable_client(uow: UnitOfWork, client_id: UUID, reason: str | None, *, version: int) -> Client:
    client = await _expected(uow, client_id, version)
    uow.emit(client.enable(reason))
    client.touch(uow)
    return client


async def _expected(uow: UnitOfWork, client_id: UUID, version: int) -> Client:
    client = await uow.get(Client, client_id, for_update=True)
    client.expect(version)
    return client


def _unique() -> dict[str, Refused]:
    return {"client_name_key": NameTaken()}
