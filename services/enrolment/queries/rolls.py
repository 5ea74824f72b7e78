"""Who is on a run, by name: what attendance sheets and certificates show, and how a file's people are found again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, select
from sqlmodel import col

from libs.contracts.submissions import Roll, RollEntry, RollMatch
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.privacy.mask import ERASED, mask_id
from libs.privacy.personal import PersonalVault
from services.enrolment.models.codes import IdType
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.lifecycle import ACTIVE
from services.enrolment.models.personal import Indexes, Opens, index_of_id
from services.enrolment.models.run import Run
from services.enrolment.models.trainee import Trainee


async def run_roll(uow: UnitOfWork, run_id: UUID, vault: PersonalVault) -> Roll:
    """Everyone who ever held a seat, whatever became of it; NotFound for a run nobody has heard of."""
    if await uow.find(Run, run_id) is None:
        raise NotFound("course run", run_id)
    wanted = (
        select(Enrolment, Trainee)
        .join(Trainee, col(Trainee.id) == col(Enrolment.trainee_id))
        .where(col(Enrolment.run_id) == run_id, col(Enrolment.seated_from).is_not(None))
        .order_by(col(Enrolment.id))
    )
    rows = (await uow.session.execute(wanted)).all()
    await vault.hold(trainee.id for _, trainee in rows)
    return Roll(run_id=run_id, entries=tuple(_entry(enrolment, trainee, vault) for enrolment, trainee in rows))


def _entry(enrolment: Enrolment, trainee: Trainee, vault: Opens) -> RollEntry:
    return RollEntry(
        enrolment_id=enrolment.id,
        trainee_id=trainee.id,
        status=enrolment.status,
        full_name=ERASED if trainee.erased else trainee.full_name(vault),
        id_masked=ERASED if trainee.erased else mask_id(trainee.id_number(vault)),
        remote_id=enrolment.remote_id,
        erased=trainee.erased,
    )


async def match_roll(uow: UnitOfWork, run_id: UUID, id_numbers: Sequence[str], vault: Indexes) -> RollMatch:
    """The enrolment on this run of each identity number, found through blind indexes; an active one before an ended."""
    indexes = [[index_of_id(kind, number.strip().upper(), vault) for kind in IdType] for number in id_numbers]
    ended_first = case((col(Enrolment.status).in_(ACTIVE), 1), else_=0)
    wanted = (
        select(col(Trainee.id_number_index), col(Enrolment.id))
        .join(Enrolment, col(Enrolment.trainee_id) == col(Trainee.id))
        .where(
            col(Enrolment.run_id) == run_id,
            col(Enrolment.seated_from).is_not(None),
            col(Trainee.id_number_index).in_([index for kinds in indexes for index in kinds]),
        )
        .order_by(ended_first, col(Enrolment.id))
    )
    rows = (await uow.session.execute(wanted)).all()
    found = {bytes(index): enrolment_id for index, enrolment_id in rows if index is not None}
    matches = (next((found[index] for index in kinds if index in found), None) for kinds in indexes)
    return RollMatch(enrolment_ids=tuple(matches))
