"""What assessment's events mean: one result, told, amended or declared void."""

from libs.contracts.assessment import AssessmentEvent
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.commands.owing import Owed, owe
from services.tpg_sync.models import JobKind, SyncJob, Ties


async def owe_assessment(uow: UnitOfWork, event: AssessmentEvent, kind: JobKind) -> SyncJob | None:
    """Owe TPGateway this revision of a result; None when it, or a newer one, is owed already. Not for drafts."""
    fact = event.assessment
    return await owe(
        uow,
        Owed(
            record_type=RecordType.ASSESSMENT,
            record_id=event.assessment_id,
            kind=kind,
            revision=fact.revision,
            ties=Ties(run_id=fact.run_id, enrolment_id=fact.enrolment_id),
        ),
    )
