"""What people's own keys promise, on a real database."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.privacy.personal import NotHeld, PersonalVault, rewrap
from libs.privacy.schema import data_key_v1
from libs.privacy.vault import Erased, Unsealable, Vault, owner_of
from libs.servers.postgres import PostgresServer
from libs.sources import TimeOrderedIds
from libs.testing.clock import TestClock

OLD = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NEW = "new:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
INDEX = SecretStr("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")
PERSON, OTHER = uuid4(), uuid4()


def ring(keys: str = OLD) -> Vault:
    return Vault.from_settings(SecretStr(keys), INDEX)


@pytest.fixture
async def units(postgres_server: PostgresServer) -> AsyncIterator[UnitsOfWork]:
    name = f"keys_{uuid4().hex}"
    admin = await asyncpg.connect(postgres_server.url("postgres"))
    await admin.execute(f'create database "{name}"')
    engine = create_engine(postgres_server.url(name), application_name="keys")
    async with engine.begin() as connection:
        for statement in ["create schema room", *data_key_v1("room")]:
            await connection.execute(text(statement))
    yield UnitsOfWork(engine, clock=TestClock(), ids=TimeOrderedIds())
    await engine.dispose()
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def seal(units: UnitsOfWork, plain: str = "S1234567D", *, vault: Vault | None = None) -> bytes:
    async with units.begin() as unit:
        own = await PersonalVault(vault or ring(), unit, "room").of(PERSON)
        return own.seal(plain, purpose="p", subject=PERSON)


async def opened(units: UnitsOfWork, sealed: bytes, *, vault: Vault | None = None) -> str:
    async with units.reading() as unit:
        people = PersonalVault(vault or ring(), unit, "room")
        await people.hold_for([sealed, None])
        return people.open(sealed, purpose="p", subject=PERSON)


async def destroy(units: UnitsOfWork) -> None:
    async with units.begin() as unit:
        await PersonalVault(ring(), unit, "room").destroy([PERSON])


async def test_what_was_sealed_for_somebody_opens_by_their_key_alone(units: UnitsOfWork) -> None:
    sealed = await seal(units)

    async with units.begin() as unit:
        people = PersonalVault(ring(), unit, "room")
        await people.make([OTHER])
        forged = sealed[:1] + OTHER.bytes + sealed[17:]
        with pytest.raises(Unsealable):
            people.open(forged, purpose="p", subject=PERSON)
        with pytest.raises(NotHeld):
            people.open(sealed, purpose="p", subject=PERSON)
    assert owner_of(sealed) == PERSON
    assert await opened(units, sealed) == "S1234567D"


async def test_values_of_the_keyring_open_as_they_did(units: UnitsOfWork) -> None:
    before = ring().seal("kept long ago", purpose="p", subject=PERSON)
    assert await opened(units, before) == "kept long ago"


async def test_a_destroyed_key_opens_nothing_and_never_comes_back(units: UnitsOfWork) -> None:
    copies = [await seal(units), await seal(units, "another row")]
    await destroy(units)
    await destroy(units)

    for copy in copies:
        with pytest.raises(Erased):
            await opened(units, copy)
    with pytest.raises(Erased):
        await seal(units)
    for statement in ("update room.data_key set wrapped = '\\x01', destroyed_at = null", "delete from room.data_key"):
        with pytest.raises(IntegrityError):
            async with units.begin() as unit:
                await unit.session.execute(text(statement))


async def test_who_never_had_a_key_can_be_destroyed_too(units: UnitsOfWork) -> None:
    await destroy(units)
    with pytest.raises(Erased):
        await seal(units)


async def test_a_key_undone_with_its_savepoint_is_not_sealed_with(units: UnitsOfWork) -> None:
    async with units.begin() as unit:
        people = PersonalVault(ring(), unit, "room")
        async with unit.session.begin_nested() as undone:
            await people.of(PERSON)
            await undone.rollback()
        sealed = (await people.of(PERSON)).seal("kept", purpose="p", subject=PERSON)

    assert await opened(units, sealed) == "kept"


async def test_a_rotated_ring_seals_keys_anew_and_touches_nothing_they_sealed(units: UnitsOfWork) -> None:
    sealed = await seal(units)
    async with units.begin() as unit:
        done = await rewrap(unit, ring(f"{NEW},{OLD}"), "room", limit=10)
        again = await rewrap(unit, ring(f"{NEW},{OLD}"), "room", limit=10)

    assert (done, again) == (1, 0)
    assert await opened(units, sealed, vault=ring(NEW)) == "S1234567D"


async def test_rotation_passes_over_what_is_destroyed(units: UnitsOfWork) -> None:
    await seal(units)
    await destroy(units)
    async with units.begin() as unit:
        assert await rewrap(unit, ring(f"{NEW},{OLD}"), "room", limit=10) == 0


async def test_keys_are_never_kept_in_clear(units: UnitsOfWork) -> None:
    vault = ring()
    key = vault.new_data_key(PERSON)
    assert key.key not in vault.wrap(key)
    assert key.key.hex() not in repr(key)
    assert vault.unwrap(vault.wrap(key), PERSON) == key
    with pytest.raises(Unsealable):
        vault.unwrap(vault.wrap(key), OTHER)
