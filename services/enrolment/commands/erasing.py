"""People are erased after their time, by two people: what tells who they were goes, ids and statistics stay.

The order of locks is that of every command: trainees by id. Each step is one transaction with its event, so one that
dies in the middle has done nothing; a repeated one changes nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from libs.contracts.erasure import CopiesErased
from libs.contracts.submissions import Dues
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.sources import singapore_day
from libs.telemetry.context import current
from libs.web.idempotency import forget_kept_answers
from services.enrolment.errors import NotErasable, NothingAsked
from services.enrolment.models.batch import BatchRow
from services.enrolment.models.erasure import OWN, Erasure, ErasureCopy
from services.enrolment.models.model import SCHEMA
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.retention import Standing, erasure_of, family_of, standing_of
from services.enrolment.queries.trainees import lock_trainees


async def erase(
    uow: UnitOfWork, trainee_id: UUID, reason: str, dues: Dues, people: PersonalVault, *, version: int
) -> Trainee:
    """Ask for a person's erasure, or agree to what another person asked; then it is done, and for ever.

    Raises NotErasable while anything of the person stands or retention runs, OwnErasure for who asked, AlreadyMerged
    for a record that lives on elsewhere: it is erased with that one. Who is erased is answered as they are.
    """
    family = await family_of(uow, trainee_id)
    locked = await lock_trainees(uow, {trainee_id, *family})
    trainee = locked[trainee_id]
    if trainee.erased:
        return trainee
    trainee.expect(version)
    trainee.require_unmerged()
    standing = await standing_of(uow, family)
    _require_nothing_stands(trainee_id, standing, dues, uow.now())
    asked = await erasure_of(uow, trainee_id)
    if asked is None:
        _ask(uow, trainee, reason, standing)
    else:
        asked.agree(by=current().actor_id, at=uow.now(), policy_version=standing.policy.number)
        await _carry_out(uow, [locked[one] for one in family], standing, asked, people)
    return trainee


async def decline(uow: UnitOfWork, trainee_id: UUID, reason: str, *, version: int) -> Trainee:
    """The person's data stay: whoever may erase declines, who asked included. Raises NothingAsked."""
    trainee = (await lock_trainees(uow, [trainee_id]))[trainee_id]
    asked = await erasure_of(uow, trainee_id)
    if asked is None or trainee.erased:
        raise NothingAsked(trainee_id)
    trainee.expect(version)
    await uow.session.delete(asked)
    trainee.touch(uow)
    uow.emit(trainee.erasure_declined(reason))
    return trainee


async def note_copies_erased(uow: UnitOfWork, event: CopiesErased) -> None:
    """A service has destroyed what it kept; the first word counts."""
    noted = insert(ErasureCopy).values(trainee_id=event.trainee_id, service=event.service, erased_at=uow.now())
    await uow.session.execute(noted.on_conflict_do_nothing())


def obstacles_of(standing: Standing, dues: Dues, now: datetime) -> list[tuple[str, str]]:
    """Everything that stands in the way, here and with tpg-sync: a code and a sentence each."""
    found = standing.obstacles
    for code, count, what in (
        ("jobs_open", dues.open_jobs, "submission(s) are under way or wait for a person."),
        ("discrepancies_open", dues.open_discrepancies, "discrepancy(ies) with TPGateway are open."),
        ("obligations_open", dues.open_obligations, "obligation(s) of the compliance calendar are open."),
    ):
        if count:
            found.append((code, f"{count} {what}"))
    if dues.kept_until is not None and dues.kept_until > now:
        day = singapore_day(dues.kept_until).isoformat()
        found.append(("records_kept", f"The compliance calendar has the run's records kept to {day}."))
    return found


def _require_nothing_stands(trainee_id: UUID, standing: Standing, dues: Dues, now: datetime) -> None:
    obstacles = obstacles_of(standing, dues, now)
    if obstacles:
        raise NotErasable(trainee_id, [sentence for _, sentence in obstacles], standing.kept_until)


def _ask(uow: UnitOfWork, trainee: Trainee, reason: str, standing: Standing) -> None:
    uow.add(
        Erasure(
            trainee_id=trainee.id,
            asked_at=uow.now(),
            asked_by=current().actor_id,
            reason=reason,
            policy_version=standing.policy.number,
        )
    )
    trainee.touch(uow)
    uow.emit(trainee.erasure_asked(reason))


async def _carry_out(
    uow: UnitOfWork, family: Sequence[Trainee], standing: Standing, asked: Erasure, people: PersonalVault
) -> None:
    """Keys, values and indexes go together; what others keep goes when they hear of it."""
    indexes = [one.id_number_index for one in family if one.id_number_index is not None]
    ids = [one.id for one in family]
    await _blank_rows_of_files(uow, ids, indexes)
    await people.destroy(ids)
    await forget_kept_answers(uow, SCHEMA)
    for one in family:
        places = [place.id for place in standing.places if place.trainee_id == one.id]
        one.touch(uow)
        uow.emit(one.erase(uow.now(), places, reason=asked.reason, policy_version=standing.policy.number))
        uow.add(ErasureCopy(trainee_id=one.id, service=OWN, erased_at=uow.now()))


async def _blank_rows_of_files(uow: UnitOfWork, ids: Collection[UUID], indexes: Collection[bytes]) -> None:
    """The rows that were matched to them. One nobody could match to anybody goes when its file is forgotten."""
    theirs = or_(col(BatchRow.trainee_id).in_(ids), col(BatchRow.id_number_index).in_(indexes))
    settled = func.coalesce(col(BatchRow.settled_at), uow.now())  # one that waited to be taken is not taken any more
    gone = update(BatchRow).where(theirs).values(**BatchRow.BLANK, settled_at=settled)
    await uow.session.execute(gone.execution_options(synchronize_session=False))


async def places_of(uow: UnitOfWork, trainee_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """The enrolments of a person, merged records included, and their runs: what tpg-sync is asked about."""
    standing = await standing_of(uow, await family_of(uow, trainee_id))
    return [place.id for place in standing.places], sorted({place.run_id for place in standing.places})
