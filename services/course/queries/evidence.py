"""A run as evidence shows it. Only tpg-sync may ask."""

from uuid import UUID

from libs.contracts.evidence import RunEvidence, TrainerEvidence
from libs.database.snapshot import at_one_moment
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.heads import heads_of
from libs.privacy.mask import mask_name
from services.course.models.course import Course
from services.course.queries.catalogue import trainers_by_id
from services.course.queries.runs import get_run
from services.course.queries.submissions import NAME, Opens


async def run_evidence(uow: UnitOfWork, run_id: UUID, vault: Opens) -> RunEvidence:
    """The run with its sessions and who teaches; NotFound for one that is not there."""
    await at_one_moment(uow)
    run = await get_run(uow, run_id)
    course = await uow.get(Course, run.course_id)
    trainers = await trainers_by_id(uow, {link.trainer_id for link in run.trainers})
    return RunEvidence(
        run_id=run.id,
        as_of=uow.now(),
        heads=await heads_of(uow, "course", ["run"], [run.id]),
        course_title=course.title,
        fact=run.fact(),
        trainers=tuple(
            TrainerEvidence(
                trainer_id=one.id, name_masked=mask_name(vault.open(one.name_sealed, purpose=NAME, subject=one.id))
            )
            for one in sorted(trainers.values(), key=lambda one: one.id)
        ),
    )
