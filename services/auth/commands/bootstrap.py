"""Accounts that a deployment declares: made sure of at each start, by whichever process comes first."""

from datetime import timedelta

from sqlalchemy import text

from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.privacy.vault import Vault
from services.auth.commands.users import create_user
from services.auth.models.client import SECRET, Client, known_scopes
from services.auth.models.user import EMAIL
from services.auth.passwords import Passwords
from services.auth.queries.users import find_user_by_email
from services.auth.settings import BootstrapClient, BootstrapUser


async def ensure_users(units: UnitsOfWork, vault: Vault, passwords: Passwords, declared: list[BootstrapUser]) -> None:
    """Make the accounts that are missing; those that exist are left as people have changed them since."""
    for person in declared:
        index = vault.blind_index(person.email, purpose=EMAIL)
        async with units.reading() as unit:
            if await find_user_by_email(unit, index) is not None:
                continue
        password_hash = await passwords.hash(person.password.get_secret_value())
        async with units.begin() as unit:
            await _one_at_a_time(unit)
            if await find_user_by_email(unit, index) is None:
                await create_user(
                    unit, vault, email=person.email, name=person.name, roles=person.roles, password_hash=password_hash
                )


async def ensure_clients(uow: UnitOfWork, vault: Vault, declared: list[BootstrapClient]) -> None:
    """Make each client as it is declared. One that an administrator disabled stays disabled."""
    await _one_at_a_time(uow)
    for wanted in declared:
        digest = vault.fingerprint(wanted.secret.get_secret_value(), purpose=SECRET)
        client = await uow.find(Client, wanted.id, for_update=True)
        if client is None:
            values = {**lineage(uow), "id": wanted.id}
            made = Client(**values, name=wanted.name, scopes=known_scopes(wanted.scopes), secret_digest=digest)
            uow.add(made)
            uow.emit(made.created())
        else:
            _align(uow, client, wanted, digest)


def _align(uow: UnitOfWork, client: Client, wanted: BootstrapClient, digest: bytes) -> None:
    changed = client.change(name=wanted.name, scopes=known_scopes(wanted.scopes))
    rotated = None
    if client.secret_digest != digest:
        rotated = client.take_secret(digest, now=uow.now(), overlap=timedelta(), reason="declared by the deployment")
    told = [event for event in (changed, rotated) if event is not None]
    for event in told:
        uow.emit(event)
    if told:
        client.touch(uow)


async def _one_at_a_time(uow: UnitOfWork) -> None:
    await uow.session.execute(text("select pg_advisory_xact_lock(hashtext('auth.bootstrap'))"))
