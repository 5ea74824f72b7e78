"""What still stands here about one person's enrolments: as long as anything does, nothing of them may be erased."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from libs.contracts.submissions import Dues, DuesWish
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import (
    CLOSED,
    Discrepancy,
    DiscrepancyState,
    Obligation,
    ObligationKey,
    ObligationState,
    SyncJob,
    SyncRecord,
)

SETTLED = (DiscrepancyState.RESOLVED, DiscrepancyState.ACCEPTED)


async def dues_of(uow: UnitOfWork, wish: DuesWish) -> Dues:
    """Jobs that are not over, differences nobody has settled, open duties; and how long runs' records are kept."""
    records = select(col(SyncRecord.record_type), col(SyncRecord.record_id)).where(
        _about(col(SyncRecord.record_type), col(SyncRecord.record_id), col(SyncRecord.enrolment_id), wish.enrolment_ids)
    )
    keys = [tuple(row) for row in await uow.session.execute(records)]
    open_jobs = select(func.count()).where(
        or_(*(and_(col(SyncJob.record_type) == kind, col(SyncJob.record_id) == one) for kind, one in keys)),
        col(SyncJob.state).not_in(sorted(CLOSED)),
    )
    differences = select(func.count()).where(
        _about(
            col(Discrepancy.record_type), col(Discrepancy.record_id), col(Discrepancy.enrolment_id), wish.enrolment_ids
        ),
        col(Discrepancy.state).not_in(SETTLED),
    )
    duties = select(func.count()).where(
        col(Obligation.subject_id).in_(wish.enrolment_ids), col(Obligation.state) == ObligationState.OPEN
    )
    kept = select(func.max(col(Obligation.due_at))).where(
        col(Obligation.run_id).in_(wish.run_ids),
        col(Obligation.key) == ObligationKey.RECORD_RETENTION,
        ~col(Obligation.dropped),
        col(Obligation.due_at) > uow.now(),
    )
    return Dues(
        open_jobs=(await uow.session.execute(open_jobs)).scalar_one() if keys else 0,
        open_discrepancies=(await uow.session.execute(differences)).scalar_one(),
        open_obligations=(await uow.session.execute(duties)).scalar_one(),
        kept_until=(await uow.session.execute(kept)).scalar_one(),
    )


def _about(
    kind: Mapped[RecordType],
    record_id: Mapped[UUID | None],
    enrolment_id: Mapped[UUID | None],
    enrolment_ids: Sequence[UUID],
) -> ColumnElement[bool]:
    """A place itself, its fee, and whatever hangs on it."""
    own = and_(kind.in_((RecordType.ENROLMENT, RecordType.FEE)), record_id.in_(enrolment_ids))
    return or_(own, enrolment_id.in_(enrolment_ids))
