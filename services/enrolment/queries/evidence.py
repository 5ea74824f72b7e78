"""Everybody on a run as evidence shows them: masked. Only tpg-sync may ask."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.evidence import EnrolmentsEvidence, PlaceEvidence
from libs.database.snapshot import at_one_moment
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.heads import heads_of
from libs.privacy.mask import mask_id, mask_name
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.personal import Opens
from services.enrolment.models.trainee import Trainee


async def enrolments_evidence(uow: UnitOfWork, run_id: UUID, vault: Opens) -> EnrolmentsEvidence:
    """Every enrolment on the run, drafts and those given up included; none for a run nobody was put down for."""
    await at_one_moment(uow)
    wanted = (
        select(Enrolment, Trainee)
        .join(Trainee, col(Trainee.id) == col(Enrolment.trainee_id))
        .where(col(Enrolment.run_id) == run_id)
        .order_by(col(Enrolment.id))
    )
    rows = (await uow.session.execute(wanted)).all()
    ids = [enrolment.id for enrolment, _ in rows]
    return EnrolmentsEvidence(
        run_id=run_id,
        as_of=uow.now(),
        heads=await heads_of(uow, "enrolment", ["enrolment", "run_seats"], [run_id, *ids]),
        places=tuple(_place(enrolment, trainee, vault) for enrolment, trainee in rows),
    )


def _place(enrolment: Enrolment, trainee: Trainee, vault: Opens) -> PlaceEvidence:
    return PlaceEvidence(
        enrolment_id=enrolment.id,
        name_masked=mask_name(trainee.full_name(vault)),
        id_masked=mask_id(trainee.id_number(vault)),
        fact=enrolment.fact(),
        fundable=enrolment.fundable,
        funding_causes=tuple(enrolment.funding_causes),
    )
