"""What attendance's events mean: one person's presence in one session, told, corrected or taken back."""

from typing import Final

from libs.contracts.attendance import AttendanceEvent, MarkState
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.commands.owing import Owed, owe
from services.tpg_sync.models import JobKind, SyncJob, Ties

TAKING_BACK: Final = frozenset({MarkState.ABSENT, MarkState.VOIDED, MarkState.UNMARKED})
"""States TPGateway has no word for: they only take back what was told."""


async def owe_attendance(uow: UnitOfWork, event: AttendanceEvent) -> SyncJob | None:
    """Owe TPGateway what it must learn of; None when that is owed already, or there is nothing to learn."""
    fact = event.attendance
    if fact.submission_revision < 1:
        return None
    return await owe(
        uow,
        Owed(
            record_type=RecordType.ATTENDANCE,
            record_id=event.attendance_id,
            kind=JobKind.ATTENDANCE_UPLOAD,
            revision=fact.submission_revision,
            ties=Ties(run_id=fact.run_id, session_id=fact.session_id, enrolment_id=fact.enrolment_id),
            takes_back=fact.state in TAKING_BACK,
        ),
    )
