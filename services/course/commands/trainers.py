"""People who teach and assess. Personal data is sealed before it reaches a row and opened only to be shown or sent."""

from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from libs.contracts.course import RunStatus
from libs.database.changes import apply
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Duplicate, Refused, TooManyReveals
from libs.telemetry.context import current
from services.course.commands.settling import settled
from services.course.errors import InUse
from services.course.models.reveal import Reveal
from services.course.models.run import LIVE, CourseRun
from services.course.models.run_trainer import RunTrainer
from services.course.models.trainer import PERSONAL, Trainer
from services.course.queries.catalogue import count_planned_with, count_reveals
from services.course.queries.policy import policy_in_force
from services.course.queries.runs import ids_taught_by, lock_runs
from services.course.queries.submissions import EMAIL, ID_NUMBER, NAME, Opens
from services.course.schemas.trainer import TrainerPatch, TrainerWish

SEALED = {"name": NAME, "email": EMAIL, "id_number": ID_NUMBER}
ONLY_OURS = frozenset({"user_id", "roles"})
"""Fields TPGateway never hears of: roles reach it by the link to a run."""
FOUND_BY_NUMBER = frozenset({"existing", "id_number_sealed"})
"""All TPGateway reads of somebody it knows already."""


class Vault(Opens, Protocol):
    """The part of the vault that keeping people's data needs."""

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes: ...

    def blind_index(self, value: str, *, purpose: str) -> bytes: ...


async def create_trainer(uow: UnitOfWork, wish: TrainerWish, vault: Vault) -> Trainer:
    """A new person. Raises Duplicate when the identity number or the account belongs to another."""
    values = lineage(uow)
    plain = wish.model_dump()
    personal = {name: plain.pop(name) for name in SEALED}
    trainer = Trainer(**values, **plain, **_sealed(personal, values["id"], vault))
    async with settled(uow, _unique()):
        uow.add(trainer)
    uow.emit(trainer.created())
    return trainer


async def edit_trainer(
    uow: UnitOfWork, trainer_id: UUID, patch: TrainerPatch, *, version: int, vault: Vault
) -> Trainer:
    """Change the fields sent; live runs the person is on are told, and owed to TPGateway anew if it hears of it."""
    runs = await lock_runs(uow, await ids_taught_by(uow, trainer_id, (RunStatus.DRAFT, *LIVE, RunStatus.ENDED)))
    trainer = await uow.get(Trainer, trainer_id, for_update=True)
    trainer.expect(version)
    async with settled(uow, _unique()):
        changes = apply(trainer, _differing(trainer, patch.model_dump(exclude_unset=True), vault), personal=PERSONAL)
        if changes:
            trainer.touch(uow)
    if not changes:
        return trainer
    uow.emit(trainer.changed(changes))
    fields = {change.field for change in changes}
    for run in runs:
        _follow(uow, run, trainer, fields)
    if "user_id" in fields:
        await _hand_over_past_runs(uow, trainer)
    return trainer


async def retire_trainer(uow: UnitOfWork, trainer_id: UUID, reason: str | None, *, version: int) -> Trainer:
    """No new bookings. Raises InUse while planned sessions need the person."""
    trainer = await uow.get(Trainer, trainer_id, for_update=True)
    trainer.expect(version)
    if needed := await count_planned_with(uow, trainer_id):
        raise InUse("trainer", trainer_id, needed)
    trainer.touch(uow)
    uow.emit(trainer.retire(reason))
    return trainer


async def reveal_id_number(uow: UnitOfWork, trainer_id: UUID, reason: str, vault: Opens) -> str:
    """The full identity number, for a stated reason; told as an event, and only so many times an hour."""
    trainer = await uow.get(Trainer, trainer_id)
    policy, actor = await policy_in_force(uow), current().actor_id
    if await count_reveals(uow, actor, since=uow.now() - timedelta(hours=1)) >= policy.reveals_an_hour:
        raise TooManyReveals(policy.reveals_an_hour)
    uow.add(Reveal(id=uow.new_id(), trainer_id=trainer_id, actor_id=actor, revealed_at=uow.now()))
    uow.emit(trainer.revealed(reason))
    return vault.open(trainer.id_number_sealed, purpose=ID_NUMBER, subject=trainer_id)


def _sealed(personal: dict[str, str], trainer_id: UUID, vault: Vault) -> dict[str, Any]:
    sealed = {
        f"{name}_sealed": vault.seal(text, purpose=SEALED[name], subject=trainer_id) for name, text in personal.items()
    }
    if "id_number" in personal:
        sealed["id_number_index"] = vault.blind_index(personal["id_number"], purpose=ID_NUMBER)
    return sealed


def _differing(trainer: Trainer, values: dict[str, Any], vault: Vault) -> dict[str, Any]:
    """The same text sealed twice never looks the same, so personal fields are compared in clear first."""
    personal = {name: values.pop(name) for name in SEALED if name in values}
    changed = {
        name: text
        for name, text in personal.items()
        if vault.open(getattr(trainer, f"{name}_sealed"), purpose=SEALED[name], subject=trainer.id) != text
    }
    return {**values, **_sealed(changed, trainer.id, vault)}


def _follow(uow: UnitOfWork, run: CourseRun, trainer: Trainer, fields: set[str]) -> None:
    """Carry a person's change into one run: their account for object scope, the rest towards TPGateway."""
    told = fields & FOUND_BY_NUMBER if trainer.existing and "existing" not in fields else fields - ONLY_OURS
    moved = run.link_account(trainer.id, trainer.user_id) if "user_id" in fields else None
    event = run.parts_changed("trainers") if told and run.status in LIVE else moved
    if event is not None:
        run.touch(uow)
        uow.emit(event)


async def _hand_over_past_runs(uow: UnitOfWork, trainer: Trainer) -> None:
    """Runs that are over tell nothing more, but whoever taught them still sees them."""
    theirs = update(RunTrainer).where(col(RunTrainer.trainer_id) == trainer.id)
    await uow.session.execute(theirs.values(user_id=trainer.user_id))


def _unique() -> dict[str, Refused]:
    return {
        "trainer_id_number_index_key": Duplicate("trainer", "id_number"),
        "trainer_user_id_key": Duplicate("trainer", "user_id"),
    }
