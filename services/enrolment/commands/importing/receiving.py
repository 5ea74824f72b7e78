"""A spreadsheet comes in, and somebody says that its rows are to be taken."""

import hashlib
import io
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.tabular.reading import Table, UnreadableTable
from libs.telemetry.context import current
from services.enrolment.commands.importing.sheet import COLUMNS, sealed_row
from services.enrolment.models.batch import Batch, BatchRow
from services.enrolment.queries.batches import find_same, view_of
from services.enrolment.schemas.batch import CommitWish

MOST_ROWS: Final = 20_000
AT_ONCE: Final = 200


async def receive(uow: UnitOfWork, content: bytes, run_id: UUID | None, vault: PersonalVault) -> tuple[Batch, bool]:
    """Keep a file for judging; True when it is new. The same file for the same run is the batch it was."""
    sha256 = hashlib.sha256(content).digest()
    known = await find_same(uow, sha256, run_id)
    if known is not None:
        return known, False
    table = Table(io.BytesIO(content), COLUMNS)
    batch = Batch(**lineage(uow), run_id=run_id, sha256=sha256, header=table.header, ignored=table.ignored)
    uow.add(batch)
    await uow.session.flush()
    own = await vault.of(batch.id, new=True)
    piece: list[dict[str, Any]] = []
    for row in table.rows():
        batch.rows += 1
        if batch.rows > MOST_ROWS:
            raise UnreadableTable(f"The file has more than {MOST_ROWS} rows. Send it in parts.")
        piece.append(sealed_row(batch, row, own))
        if len(piece) == AT_ONCE:
            await _write(uow, piece)
    await _write(uow, piece)
    if batch.rows == 0:
        raise UnreadableTable("The file has a header and no rows.")
    return batch, True


async def _write(uow: UnitOfWork, piece: list[dict[str, Any]]) -> None:
    if piece:
        await uow.session.execute(insert(BatchRow), piece)
        piece.clear()


async def order_commit(uow: UnitOfWork, batch_id: UUID, wish: CommitWish, *, version: int) -> Batch:
    """Let the worker take the rows that can be taken, on behalf of who says so now."""
    batch = await uow.get(Batch, batch_id, for_update=True)
    batch.expect(version)
    refused = (await view_of(uow, batch)).refused
    actor = current()
    batch.order(actor.actor_id, actor.actor_role, confirms=wish.confirm, refused=refused, only_valid=wish.only_valid)
    batch.touch(uow)
    return batch
