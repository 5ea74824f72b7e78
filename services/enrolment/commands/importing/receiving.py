"""A spreadsheet comes in, and somebody says that its rows are to be taken."""

from uuid import UUID

from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.imports.receiving import digest_of, keep
from libs.privacy.personal import PersonalVault
from services.enrolment.commands.importing.sheet import COLUMNS
from services.enrolment.models.batch import Batch, BatchRow
from services.enrolment.queries.batches import find_same, view_of
from services.enrolment.schemas.batch import CommitWish


async def receive(uow: UnitOfWork, content: bytes, run_id: UUID | None, vault: PersonalVault) -> tuple[Batch, bool]:
    """Keep a file for judging; True when it is new. The same file for the same run is the batch it was."""
    sha256 = digest_of(content)
    known = await find_same(uow, sha256, run_id)
    if known is not None:
        return known, False
    batch = Batch(**lineage(uow), run_id=run_id, sha256=sha256)
    await keep(uow, batch, BatchRow, content, COLUMNS, vault)
    return batch, True


async def order_commit(uow: UnitOfWork, batch_id: UUID, wish: CommitWish, *, version: int) -> Batch:
    """Let the worker take the rows that can be taken, on behalf of who says so now."""
    batch = await uow.get(Batch, batch_id, for_update=True)
    batch.expect(version)
    batch.order(refused=(await view_of(uow, batch)).refused, only_valid=wish.only_valid)
    batch.confirms = wish.confirm
    batch.touch(uow)
    return batch
