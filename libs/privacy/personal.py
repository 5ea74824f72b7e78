"""What is about one person is sealed with that person's own key; destroying the key erases all of it at once.

The keys lie sealed in the service's table `data_key` and are in clear only inside a unit of work that asked for them.
Whoever opens asks first (`hold_for`), whoever seals takes the person's own part (`of`):

    people = PersonalVault(vault, uow, "enrolment")
    await people.hold_for([trainee.full_name_sealed])
    name = people.open(trainee.full_name_sealed, purpose=FULL_NAME, subject=trainee.id)
    sealed = (await people.of(trainee.id)).seal(name, purpose=FULL_NAME, subject=trainee.id)
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    LargeBinary,
    Select,
    TableClause,
    Uuid,
    and_,
    column,
    func,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.privacy.vault import FORMAT, DataKey, Erased, Vault, owner_of


class Unit(Protocol):
    """The part of a unit of work that keys are kept by."""

    @property
    def session(self) -> AsyncSession: ...

    def now(self) -> datetime: ...


class NotHeld(RuntimeError):
    """A defect: something is opened whose key was not asked for in this unit."""

    def __init__(self, owner: UUID) -> None:
        super().__init__(f"the key of {owner} is not held: ask for it before opening")


@cache
def _keys(schema: str) -> TableClause:
    return table(
        "data_key",
        column("owner", Uuid),
        column("wrapped", LargeBinary),
        column("created_at", DateTime(timezone=True)),
        column("destroyed_at", DateTime(timezone=True)),
        schema=schema,
    )


class PersonalVault:
    """The vault of one unit of work: opens everything, seals with the keyring, and with people's keys by `of`."""

    def __init__(self, vault: Vault, unit: Unit, schema: str) -> None:
        self._vault = vault
        self._unit = unit
        self._keys = _keys(schema)
        self._held: dict[UUID, DataKey | None] = {}
        self._made: set[UUID] = set()

    # ------------------------------------------------------------------------------------------- as the vault does

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes:
        """Seal with the keyring what is about no single person, or is never to be erased alone."""
        return self._vault.seal(plain, purpose=purpose, subject=subject)

    def blind_index(self, value: str, *, purpose: str) -> bytes:
        return self._vault.blind_index(value, purpose=purpose)

    def fingerprint(self, secret: str, *, purpose: str) -> bytes:
        return self._vault.fingerprint(secret, purpose=purpose)

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str:
        """Raises Erased once its key is destroyed, NotHeld without `hold_for`, Unsealable as the vault does."""
        owner = owner_of(sealed)
        if owner is None:
            return self._vault.open(sealed, purpose=purpose, subject=subject)
        return self._key(owner).open(sealed, purpose=purpose, subject=subject)

    # ------------------------------------------------------------------------------------------- people's keys

    async def hold_for(self, sealed: Iterable[bytes | None]) -> None:
        """Ask for the keys of these values, all in one question; those of the keyring need none."""
        await self.hold(owner for value in sealed if value is not None and (owner := owner_of(value)) is not None)

    async def hold(self, owners: Iterable[UUID]) -> None:
        """Ask for the keys of these owners; one that is destroyed, or was never made, is noted as gone."""
        wanted = set(owners) - self._held.keys()
        if not wanted:
            return
        found = await self._unit.session.execute(
            select(self._keys.c.owner, self._keys.c.wrapped).where(self._keys.c.owner.in_(wanted))
        )
        wrapped = {owner: bytes(key) for owner, key in found if key is not None}
        for owner in wanted:
            key = wrapped.get(owner)
            self._held[owner] = None if key is None else self._vault.unwrap(key, owner)

    async def of(self, owner: UUID, *, new: bool = False) -> "OwnVault":
        """The same vault, sealing with this owner's key, which is made when there is none. Raises Erased.

        `new` spares the question for an owner whose id was made a moment ago.
        """
        if new:
            await self._make([owner])
        else:
            await self.make([owner])
        self._key(owner)
        return OwnVault(self, owner)

    async def make(self, owners: Iterable[UUID]) -> None:
        """Hold a key for each of these, made where there was none. Two at once end up with the same one.

        One that this unit made is asked for again each time: the savepoint it was made in may have been undone.
        """
        owners = set(owners)
        for owner in owners & self._made:
            self._held.pop(owner, None)
        await self.hold(owners)
        lacking = [owner for owner in owners if self._held[owner] is None]
        if lacking:
            await self._make(lacking)

    async def _make(self, owners: Sequence[UUID]) -> None:
        fresh = {owner: self._vault.new_data_key(owner) for owner in sorted(owners)}
        now = self._unit.now()
        rows = [{"owner": owner, "wrapped": self._vault.wrap(key), "created_at": now} for owner, key in fresh.items()]
        made = await self._unit.session.execute(
            insert(self._keys).values(rows).on_conflict_do_nothing().returning(self._keys.c.owner)
        )
        self._made.update(owners)
        for owner in made.scalars():
            self._held[owner] = fresh.pop(owner)
        for owner in fresh:  # somebody was faster, or it is destroyed
            self._held.pop(owner, None)
        await self.hold(fresh)

    def erased(self, owner: UUID) -> bool:
        """Whether the key of an owner that was asked for is gone."""
        return self._held[owner] is None

    async def destroy(self, owners: Iterable[UUID]) -> None:
        """As `destroy_keys` does; and what this unit held of them is forgotten too."""
        owners = set(owners)
        await destroy_keys(self._unit, self._keys.schema or "", owners)
        self._held |= dict.fromkeys(owners)

    def seal_for(self, owner: UUID, plain: str, *, purpose: str, subject: UUID) -> bytes:
        """Seal with a key that is held. Raises Erased, NotHeld."""
        return self._key(owner).seal(plain, purpose=purpose, subject=subject, nonce=self._vault.nonce())

    def _key(self, owner: UUID) -> DataKey:
        if owner not in self._held:
            raise NotHeld(owner)
        key = self._held[owner]
        if key is None:
            raise Erased(owner)
        return key


class OwnVault:
    """A unit's vault for one owner: what it seals can be erased with them."""

    def __init__(self, people: PersonalVault, owner: UUID) -> None:
        self._people = people
        self._owner = owner
        self.open = people.open
        self.blind_index = people.blind_index

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes:
        return self._people.seal_for(self._owner, plain, purpose=purpose, subject=subject)


async def rewrap(unit: Unit, vault: Vault, schema: str, *, limit: int) -> int:
    """Seal up to `limit` data keys anew that an older key of the ring sealed; returns how many.

    What they sealed is not touched. Safe to run in several processes at once; when it finds none, nothing in the table
    needs the older keys any more.
    """
    keys, prefix = _keys(schema), vault.sealing_prefix
    old = (
        select(keys.c.owner, keys.c.wrapped)
        .where(and_(keys.c.wrapped.is_not(None), func.substring(keys.c.wrapped, 1, len(prefix)) != prefix))
        .order_by(keys.c.owner)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = (await unit.session.execute(old)).all()
    for owner, wrapped in found:
        anew = vault.wrap(vault.unwrap(bytes(wrapped), owner))
        await unit.session.execute(update(keys).where(keys.c.owner == owner).values(wrapped=anew))
    return len(found)


def owners_with_keys(schema: str) -> Select[UUID]:
    """A subquery of everybody who has, or had, a key of their own."""
    return select(_keys(schema).c.owner)


async def destroy_keys(unit: Unit, schema: str, owners: Iterable[UUID]) -> None:
    """Destroy these keys: nothing they sealed opens again. Safe to repeat; also for owners that had none."""
    keys, now = _keys(schema), unit.now()
    gone = {"wrapped": None, "destroyed_at": now}
    rows = [{"owner": owner, "created_at": now, **gone} for owner in sorted(set(owners))]
    if rows:
        destroyed = insert(keys).values(rows)
        await unit.session.execute(
            destroyed.on_conflict_do_update(index_elements=["owner"], set_=gone, where=keys.c.wrapped.is_not(None))
        )


def by_keyring(column: Any) -> ColumnElement[bool]:
    """The condition that a value was sealed by the keyring, as all were before there were keys of people's own."""
    return func.get_byte(column, 0) == FORMAT
