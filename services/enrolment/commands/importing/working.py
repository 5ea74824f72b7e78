"""Spreadsheets of people: kept as they come, judged piece by piece, and taken piece by piece when somebody says so.

Every step is one transaction that leaves its mark on its rows, so a process that dies in the middle loses and repeats
nothing. A file is locked for the length of a step: its rows are judged and seated in the file's order whichever worker
has it, and others meanwhile work on other files. Rows stay sealed; what is said of them never repeats them.
"""

from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.imports.batch import BatchStatus
from libs.imports.files import next_batch
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Vault
from libs.telemetry.context import entered
from services.enrolment.commands.importing.judging import judge_some
from services.enrolment.commands.importing.taking import take_some
from services.enrolment.models.batch import Batch
from services.enrolment.models.model import SCHEMA
from services.enrolment.queries.batches import view_of


async def work_on_next(units: UnitsOfWork, vault: Vault) -> bool:
    """One step on one file that nobody else works on, committed; False when there is none."""
    async with units.begin() as uow:
        batch = await next_batch(uow, Batch, locked=True)
        if batch is None:
            return False
        with entered(batch.journey()):
            step = judge_some if batch.status is BatchStatus.CHECKING else take_some
            if not await step(uow, batch, PersonalVault(vault, uow, SCHEMA)):
                await _finish(uow, batch)
    return True


async def _finish(uow: UnitOfWork, batch: Batch) -> None:
    """No row is left for this step: close it."""
    view = await view_of(uow, batch)
    if batch.status is BatchStatus.CHECKING:
        uow.emit(batch.checked(view.create + view.match, view.refused))
    else:
        uow.emit(batch.committed(view.taken, view.rows - view.taken))
    batch.touch(uow)
