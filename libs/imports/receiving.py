"""A file comes in: its rows are kept, sealed, before anybody judges them."""

import hashlib
import io
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.dialects.postgresql import insert

from libs.database.unit_of_work import UnitOfWork
from libs.imports.batch import ImportBatch
from libs.imports.row import ImportRow, sealed_row
from libs.privacy.personal import PersonalVault
from libs.tabular.reading import Column, Table, UnreadableTable

MOST_ROWS: Final = 20_000
AT_ONCE: Final = 200


def digest_of(content: bytes) -> bytes:
    """By what the same file is known again."""
    return hashlib.sha256(content).digest()


async def keep(
    uow: UnitOfWork,
    batch: ImportBatch,
    rows: type[ImportRow],
    content: bytes,
    columns: Sequence[Column],
    vault: PersonalVault,
) -> None:
    """Write the new batch and its rows; the caller commits. Raises UnreadableTable for what is no table."""
    table = Table(io.BytesIO(content), columns)
    batch.header, batch.ignored = table.header, table.ignored
    uow.add(batch)
    await uow.session.flush()
    own = await vault.of(batch.id, new=True)
    piece: list[dict[str, Any]] = []
    for row in table.rows():
        batch.rows += 1
        if batch.rows > MOST_ROWS:
            raise UnreadableTable(f"The file has more than {MOST_ROWS} rows. Send it in parts.")
        piece.append(sealed_row(batch.id, row, own))
        if len(piece) == AT_ONCE:
            await _write(uow, rows, piece)
    await _write(uow, rows, piece)
    if batch.rows == 0:
        raise UnreadableTable("The file has a header and no rows.")


async def _write(uow: UnitOfWork, rows: type[ImportRow], piece: list[dict[str, Any]]) -> None:
    if piece:
        await uow.session.execute(insert(rows), piece)
        piece.clear()
