"""The duties that a record's submission meets: what its headroom is reckoned by."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import Obligation, ObligationKey, SyncRecord

MET_BY: Final[Mapping[RecordType, tuple[ObligationKey, ...]]] = {
    RecordType.RUN: (ObligationKey.RUN_PUBLISH, ObligationKey.SESSIONS_SUBMIT),
    RecordType.ENROLMENT: (ObligationKey.ENROLMENT_SUBMIT, ObligationKey.ENROLMENT_ACK),
    RecordType.FEE: (ObligationKey.FEE_STATUS_INITIAL, ObligationKey.FEE_STATUS_UPDATE),
    RecordType.ATTENDANCE: (ObligationKey.ATTENDANCE_SUBMIT,),
    RecordType.ASSESSMENT: (ObligationKey.ASSESSMENT_SUBMIT,),
}
MOST: Final = 50


async def duties_of(uow: UnitOfWork, record: SyncRecord) -> Sequence[Obligation]:
    """Those that stand or were met: what is still owed first, by when it is due."""
    keys = MET_BY[RecordType(record.record_type)]
    if record.record_type is RecordType.RUN:
        theirs = col(Obligation.run_id) == record.record_id
    else:
        theirs = col(Obligation.subject_id) == (record.enrolment_id or record.record_id)
    found = (
        select(Obligation)
        .where(theirs, col(Obligation.key).in_(keys), col(Obligation.dropped).is_(False))
        .order_by(col(Obligation.satisfied_at).desc().nulls_first(), col(Obligation.due_at), col(Obligation.id))
        .limit(MOST)
    )
    return (await uow.session.execute(found)).scalars().all()
