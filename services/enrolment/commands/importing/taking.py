"""The rows of a file are taken: person, place and, if ordered, seat, each row for itself, some of them at a time."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from libs.database.constraints import refusing
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Conflict, Refused
from libs.imports.row import Values, findings_of
from libs.privacy.personal import PersonalVault
from services.enrolment.commands.confirming import give_place
from services.enrolment.commands.importing.sheet import person_of, place_of, uen_of
from services.enrolment.commands.registering import ONE_ACTIVE, put_down
from services.enrolment.commands.seating import Desk, at_desks
from services.enrolment.commands.trainees import KNOWN, enter
from services.enrolment.errors import AlreadyEnrolled
from services.enrolment.models.batch import Batch, BatchRow
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.personal import index_of_id
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.batches import open_rows
from services.enrolment.queries.employers import employers_by_uen
from services.enrolment.queries.trainees import keep_known
from services.enrolment.schemas.enrolment import OverrideWish
from services.enrolment.schemas.person import TraineeWish

AT_ONCE: Final = 25
"""So many rows share a transaction: the desks of their runs are locked for as long as it takes to seat them."""


class JustEntered(Conflict):
    """Somebody entered this very person a moment ago; the row is taken in the next step, with them."""

    code = "just_entered"


@dataclass(frozen=True, slots=True)
class Opened:
    """A row to be taken, in clear."""

    row: BatchRow
    run_id: UUID
    index: bytes = field(repr=False)
    values: Values = field(repr=False)
    person: TraineeWish = field(repr=False)


@dataclass(slots=True)
class Taking:
    """One step: who and what its rows need, locked in the one order all commands take."""

    uow: UnitOfWork
    vault: PersonalVault
    confirms: bool
    desks: dict[UUID, Desk]
    people: dict[bytes, Trainee]
    employers: dict[str, UUID]

    async def take(self, opened: Opened) -> dict[str, Any] | None:
        """Person, place and seat, or what stood against it; None when the row must wait for the next step."""
        desk, known = self.desks[opened.run_id], self.people.get(opened.index)
        refusals: dict[str, Refused] = {KNOWN: JustEntered("entered just now", allowed=())}
        if known is not None:
            refusals[ONE_ACTIVE] = AlreadyEnrolled(known.id, opened.run_id)
        try:
            async with refusing(self.uow, refusals):
                trainee = known or await self._enter(opened)
                place = await self._place(desk, trainee, opened)
        except Refused as refusal:
            await desk.reread()
            return None if isinstance(refusal, JustEntered) else _refused(refusal)
        self.people[opened.index] = trainee
        return {**BatchRow.BLANK, "trainee_id": trainee.id, "enrolment_id": place.id, "findings": opened.row.findings}

    async def _enter(self, opened: Opened) -> Trainee:
        trainee = await enter(self.uow, opened.person, self.vault)
        await self.uow.session.flush()  # before the place that points at them
        return trainee

    async def _place(self, desk: Desk, trainee: Trainee, opened: Opened) -> Enrolment:
        uen = uen_of(opened.values)
        wish = place_of(opened.values, opened.run_id, trainee.id, self.employers[uen] if uen else None)
        place = put_down(self.uow, wish, trainee, desk.run, desk.policy)
        if self.confirms:
            place.touch(self.uow)
            await give_place(desk, place, OverrideWish(), self.vault)
        return place


async def take_some(uow: UnitOfWork, batch: Batch, vault: PersonalVault) -> bool:
    """Take the next rows in the file's order; False when none is left. A refused row is undone alone and told why."""
    await vault.hold([batch.id])
    rows = [_opened(row, vault) for row in await open_rows(uow, batch.id, AT_ONCE)]
    if not rows:
        return False
    people = await keep_known(uow, {each.index for each in rows})
    employers = await employers_by_uen(uow, {uen for each in rows if (uen := uen_of(each.values))})
    async with at_desks(uow, {each.run_id for each in rows}) as desks:
        ids = {uen: employer.id for uen, employer in employers.items()}
        taking = Taking(uow, vault, batch.confirms, desks, people, ids)
        taken = [(each, await taking.take(each)) for each in rows]
    settled = [{**_key(each), **outcome, "settled_at": uow.now()} for each, outcome in taken if outcome is not None]
    if settled:
        await uow.session.execute(update(BatchRow), settled)
    return True


def _opened(row: BatchRow, vault: PersonalVault) -> Opened:
    values = row.values(vault)
    person, _ = person_of(values)
    if person is None or row.run_id is None:
        raise AssertionError("a row that was judged ready can be read again")
    return Opened(row, row.run_id, index_of_id(person.id_type, person.id_number, vault), values, person)


def _key(opened: Opened) -> dict[str, Any]:
    return {"batch_id": opened.row.batch_id, "number": opened.row.number}


def _refused(refusal: Refused) -> dict[str, Any]:
    return {"trainee_id": None, "enrolment_id": None, "findings": findings_of(refusal)}
