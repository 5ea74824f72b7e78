"""Checks a password before any transaction holds a connection or a lock: hashing takes a tenth of a second."""

from dataclasses import dataclass, field
from uuid import UUID

from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from services.auth.models.guard import Guard
from services.auth.models.user import User
from services.auth.passwords import Passwords
from services.auth.queries.users import find_guard, find_user_by_email


@dataclass(frozen=True, slots=True)
class Proof:
    """What a password showed, to be judged again under lock: account, hash and guard may have changed meanwhile."""

    email_index: bytes = field(repr=False)
    user_id: UUID | None
    checked_hash: str | None = field(repr=False)
    correct: bool
    renewed_hash: str | None = field(default=None, repr=False)

    def holds_for(self, user: User | None) -> bool:
        """Whether the password is still this active person's."""
        return self.correct and user is not None and user.active and user.password_hash == self.checked_hash


async def prove_by_email(units: UnitsOfWork, passwords: Passwords, email_index: bytes, password: str) -> Proof:
    """Check a password for whoever has this email. Costs the same when nobody has it. Raises Crowded."""
    async with units.reading() as unit:
        user = await find_user_by_email(unit, email_index)
        locked = await _locked(unit, email_index)
    return await _prove(passwords, user, email_index, password, locked=locked)


async def prove_by_id(units: UnitsOfWork, passwords: Passwords, user_id: UUID, password: str) -> Proof:
    """Check somebody's own password; raises NotFound when this is no person's account."""
    async with units.reading() as unit:
        user = await unit.get(User, user_id)
        locked = await _locked(unit, user.email_index)
    return await _prove(passwords, user, user.email_index, password, locked=locked)


async def _prove(passwords: Passwords, user: User | None, email_index: bytes, password: str, *, locked: bool) -> Proof:
    user_id, kept = (user.id, user.password_hash) if user is not None else (None, None)
    if locked:  # nobody gets in and everybody is told so: hashing would only cost us
        return Proof(email_index, user_id, kept, correct=False)
    verdict = await passwords.check(password, kept)
    return Proof(email_index, user_id, kept, correct=verdict.correct, renewed_hash=verdict.renewed)


async def _locked(unit: UnitOfWork, email_index: bytes) -> bool:
    guard: Guard | None = await find_guard(unit, email_index)
    return guard is not None and guard.left(unit.now()) is not None
