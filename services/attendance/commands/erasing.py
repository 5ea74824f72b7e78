"""What attendance keeps of people beside ids: rows of files, passes and devices. All of it goes."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlmodel import col

from libs.contracts.enrolment import TraineeErased
from libs.contracts.erasure import CopiesErased
from libs.database.unit_of_work import UnitOfWork
from libs.web.idempotency import forget_kept_answers
from services.attendance.models.batch import BatchRow
from services.attendance.models.check_in import CheckIn, CheckInPass
from services.attendance.models.model import SCHEMA


async def erase(uow: UnitOfWork, event: TraineeErased) -> None:
    """Marks stay, of nobody anyone knows. Safe to repeat.

    A row nobody could match to anybody goes when its file is forgotten.
    """
    await _blank_rows_of_files(uow, event.enrolment_ids)
    await uow.session.execute(delete(CheckInPass).where(col(CheckInPass.enrolment_id).in_(event.enrolment_ids)))
    theirs = update(CheckIn).where(col(CheckIn.enrolment_id).in_(event.enrolment_ids))
    await uow.session.execute(theirs.values(device=None))
    await forget_kept_answers(uow, SCHEMA)
    uow.emit(CopiesErased(trainee_id=event.trainee_id, service="attendance"))


async def _blank_rows_of_files(uow: UnitOfWork, enrolment_ids: Collection[UUID]) -> None:
    settled = func.coalesce(col(BatchRow.settled_at), uow.now())  # one that waited to be taken is not taken any more
    gone = update(BatchRow).where(col(BatchRow.enrolment_id).in_(enrolment_ids))
    await uow.session.execute(gone.values(**BatchRow.BLANK, settled_at=settled))
