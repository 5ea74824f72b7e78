"""Signing keys: the one that signs, and those that verify."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from libs.database.trouble import trouble_of
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import Unavailable
from services.auth.models.signing_key import KeyState, SigningKey
from services.auth.tokens import public_jwk


async def list_keys(uow: UnitOfWork) -> list[SigningKey]:
    """Every key there is, oldest first."""
    return list(await uow.session.scalars(select(SigningKey).order_by(col(SigningKey.id))))


async def find_active_key(uow: UnitOfWork) -> SigningKey | None:
    return await uow.session.scalar(select(SigningKey).where(col(SigningKey.state) == KeyState.ACTIVE))


async def key_set(uow: UnitOfWork) -> dict[str, list[dict[str, str]]]:
    """The JSON Web Key Set: the next key, known before it signs, the active one, and those with tokens still out."""
    verifying = or_(col(SigningKey.verifies_until).is_(None), col(SigningKey.verifies_until) > uow.now())
    keys = await uow.session.scalars(select(SigningKey).where(verifying).order_by(col(SigningKey.id)))
    return {"keys": [public_jwk(key.id, key.public_key) for key in keys]}


class StoredKeys:
    """The key set from this service's own tables, so that auth need not ask itself over HTTP."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    async def fetch(self) -> Mapping[str, Any]:
        """Raises Unavailable when the database is away."""
        try:
            async with self._units.reading() as unit:
                return await key_set(unit)
        except Exception as error:
            if trouble_of(error) is None:
                raise
            raise Unavailable("Sign-in keys cannot be read at the moment.") from error

    async def close(self) -> None:
        """Nothing of its own is open."""
