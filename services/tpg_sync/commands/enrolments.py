"""What an enrolment's events mean: a place to create, to change, to take back; and a fee to tell."""

from typing import Final

from libs.contracts.enrolment import EnrolmentEvent, EnrolmentFact, EnrolmentStatus
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.commands.owing import Owed, lock_record, owe, supersede_unsent, tell_void
from services.tpg_sync.models import JobKind, JobState, SyncJob, Ties
from services.tpg_sync.queries.jobs import open_jobs

STANDING: Final = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN})
"""What TPGateway holds as enrolled. Who withdraws stays enrolled there, with the attendance they have."""


async def owe_enrolment(uow: UnitOfWork, event: EnrolmentEvent, kind: JobKind) -> SyncJob | None:
    """Owe TPGateway this revision of a place; None when it, or a newer one, is owed already, or nothing is."""
    fact = event.enrolment
    if not fact.submitted or fact.status not in STANDING:
        return None
    return await owe(uow, _owed(event, kind))


async def owe_cancellation(uow: UnitOfWork, event: EnrolmentEvent) -> SyncJob | None:
    """Owe TPGateway that a place is given up. What its fee was to be told is void with it."""
    if not event.enrolment.submitted:
        return None
    job = await owe(uow, _owed(event, JobKind.ENROLMENT_CANCEL))
    await lock_record(uow, RecordType.FEE, event.enrolment_id, ties=_ties_of_fee(event))
    fees = await open_jobs(uow, (RecordType.FEE, event.enrolment_id), hold=True)
    supersede_unsent(uow, fees)
    for fee in fees:
        if fee.state is JobState.SUPERSEDED:
            tell_void(uow, fee)
    return job


async def owe_fee(uow: UnitOfWork, event: EnrolmentEvent) -> SyncJob | None:
    """Owe TPGateway how far the fee is collected. Told with the create where that has not left yet."""
    fact = event.enrolment
    if not fact.submitted or fact.status not in STANDING:
        return None
    return await owe(
        uow,
        Owed(
            record_type=RecordType.FEE,
            record_id=event.enrolment_id,
            kind=JobKind.FEE_COLLECT,
            revision=fact.fee_revision,
            ties=_ties_of_fee(event),
        ),
    )


def _owed(event: EnrolmentEvent, kind: JobKind) -> Owed:
    return Owed(
        record_type=RecordType.ENROLMENT,
        record_id=event.enrolment_id,
        kind=kind,
        revision=event.enrolment.revision,
        ties=_ties(event.enrolment),
    )


def _ties(fact: EnrolmentFact) -> Ties:
    return Ties(run_id=fact.run_id, replaces=fact.replaces)


def _ties_of_fee(event: EnrolmentEvent) -> Ties:
    return Ties(run_id=event.enrolment.run_id, enrolment_id=event.enrolment_id)
