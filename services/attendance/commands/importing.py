"""Spreadsheets of attendance: kept as they come, judged row by row, and taken row by row when somebody says so.

Every step is a transaction of its own that leaves a mark on its rows, so a process that dies in the middle loses and
repeats nothing, and several may work on one file. Rows stay sealed; what is said of them never repeats them.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from libs.contracts.attendance import MarkMethod, MarkState
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import Refused
from libs.imports.batch import BatchStatus
from libs.imports.files import next_batch
from libs.imports.receiving import digest_of, keep
from libs.imports.row import findings_of
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Vault
from libs.tabular.cells import one_of, whole
from libs.tabular.reading import Column
from libs.telemetry.context import current, entered
from services.attendance.commands.judging import Wished, judge_row, named_run, wished_of
from services.attendance.commands.registers import at_register
from services.attendance.errors import NotSeated, RollUnavailable
from services.attendance.models.batch import Batch, BatchRow, Verdict
from services.attendance.models.judgement import Judgement
from services.attendance.models.model import SCHEMA
from services.attendance.queries.batches import (
    find_same,
    lock_open,
    lock_unjudged,
    unjudged,
    view_of,
)
from services.attendance.schemas.batch import CommitWish

AT_ONCE: Final = 200
COLUMNS: Final = (
    Column("run_id", also=("course run", "run")),
    Column("session", whole, required=True, also=("session number", "session seq", "seq")),
    Column("enrolment", also=("enrolment reference", "enrolment id", "enrolment_ref")),
    Column("id_number", also=("nric", "nric/fin", "identity number")),
    Column("state", one_of(present="present", absent="absent", P="present", A="absent"), required=True,
           also=("attendance", "mark")),
    Column("minutes", whole, also=("minutes credited",)),
    Column("note", one_of(late="late", left_early="left_early", excused="excused"), also=("remark",)),
    Column("evidence", also=("evidence reference", "proof")),
)  # fmt: skip

Match = Callable[[UUID, Sequence[str]], Awaitable[Sequence[UUID | None]]]
"""Finds the enrolment of each identity number on a run; raises RollUnavailable."""


async def receive(
    uow: UnitOfWork, content: bytes, run_id: UUID | None, evidence: str | None, vault: PersonalVault
) -> tuple[Batch, bool]:
    """Keep a file for judging; True when it is new. The same file again is the batch it was."""
    sha256 = digest_of(content)
    known = await find_same(uow, sha256, run_id, evidence)
    if known is not None:
        return known, False
    batch = Batch(**lineage(uow), run_id=run_id, evidence=evidence, sha256=sha256)
    await keep(uow, batch, BatchRow, content, COLUMNS, vault)
    return batch, True


async def order_commit(uow: UnitOfWork, batch_id: UUID, wish: CommitWish, *, version: int, may_correct: bool) -> Batch:
    """Let the worker take the rows that can be taken, on behalf of who says so now."""
    batch = await uow.get(Batch, batch_id, for_update=True)
    batch.expect(version)
    batch.order(refused=(await view_of(uow, batch)).error, only_valid=wish.only_valid)
    batch.may_correct = may_correct
    batch.touch(uow)
    return batch


async def work_on_next(units: UnitsOfWork, vault: Vault, match: Match) -> bool:
    """One step on one file, committed; False when there is nothing to do, or nobody to ask who people are."""
    async with units.reading() as uow:
        batch = await next_batch(uow, Batch, locked=False)
    if batch is None:
        return False
    with entered(batch.journey()):
        if batch.status is BatchStatus.CHECKING:
            return await _judge_some(units, batch, vault, match) or await _finish(units, batch.id)
        return await _take_one(units, batch, vault) or await _finish(units, batch.id)


async def _judge_some(units: UnitsOfWork, batch: Batch, vault: Vault, match: Match) -> bool:
    """Ask who the people are first, holding nothing meanwhile; then judge the rows it was asked for."""
    async with units.reading() as uow:
        glance = await unjudged(uow, batch.id, AT_ONCE)
        own = await _held(uow, batch, vault)
    if not glance:
        return False
    try:
        people = await _people(batch, [row.values(own) for row in glance], match)
    except RollUnavailable:
        return False  # enrolment is away: the rows wait, unjudged
    async with units.begin() as uow:
        own = await _held(uow, batch, vault)
        for row in await lock_unjudged(uow, batch.id, AT_ONCE):
            values = row.values(own)
            key = (named_run(batch, values), values.get("id_number"))
            if "id_number" in values and "enrolment" not in values and key[0] is not None and key not in people:
                continue  # its turn comes with the next question
            findings = await judge_row(uow, batch, row, values, people.get(key))
            if findings or row.findings:
                row.verdict = Verdict.ERROR
                row.findings = [*row.findings, *(asdict(finding) for finding in findings)]
            await uow.session.flush()  # later rows look at earlier ones
    return True


async def _held(uow: UnitOfWork, batch: Batch, vault: Vault) -> PersonalVault:
    """The vault of this unit, with the file's key."""
    own = PersonalVault(vault, uow, SCHEMA)
    await own.hold([batch.id])
    return own


async def _people(
    batch: Batch, rows: Sequence[dict[str, str]], match: Match
) -> dict[tuple[UUID | None, str | None], UUID | None]:
    numbers: dict[UUID, list[str]] = {}
    for values in rows:
        run_id = named_run(batch, values)
        if run_id is not None and "id_number" in values and "enrolment" not in values:
            numbers.setdefault(run_id, []).append(values["id_number"])
    found: dict[tuple[UUID | None, str | None], UUID | None] = {}
    for run_id, asked in numbers.items():
        for number, enrolment_id in zip(asked, await match(run_id, asked), strict=True):
            found[run_id, number] = enrolment_id
    return found


async def _take_one(units: UnitsOfWork, batch: Batch, vault: Vault) -> bool:
    """Take the next row in a transaction that also marks the row; a refusal is kept with the row."""
    number: int | None = None
    try:
        async with units.begin() as uow:
            row = await lock_open(uow, batch.id)
            if row is None:
                return False
            number = row.number
            await _take(uow, batch, row, wished_of(row.values(await _held(uow, batch, vault))))
    except Refused as refusal:
        if number is not None:
            await _refuse(units, batch.id, number, refusal)
    return True


async def _take(uow: UnitOfWork, batch: Batch, row: BatchRow, wished: Wished) -> None:
    if row.session_id is None or row.enrolment_id is None:
        raise AssertionError("a row that was judged ready names a session and an enrolment")
    reason = f"import {batch.id}"
    async with at_register(uow, row.session_id) as register:
        line = register.lines.get(row.enrolment_id)
        if line is None or not line.seated:
            raise NotSeated(row.enrolment_id)
        register.require_begun(uow.now())
        register.require_changeable(may_correct=batch.may_correct, reason=reason)
        present = wished.state is MarkState.PRESENT
        if present and line.state is not MarkState.PRESENT:
            await register.look_around([line.trainee_id])
            register.require_here(line)
        judgement = Judgement(
            state=wished.state,
            minutes=register.minutes(wished.minutes) if present else 0,
            note=wished.note,
            method=MarkMethod.IMPORT,
            by=current().actor_id,
            at=uow.now(),
            precedence=register.now_by_hand(line),
            reason=reason,
            evidence=wished.evidence or batch.evidence,
            late=register.sheet.locked,
        )
        register.record(line, line.judge(judgement, register.session))
    row.attendance_id, row.settled_at, row.cells_sealed = line.id, uow.now(), None
    uow.add(row)


async def _refuse(units: UnitsOfWork, batch_id: UUID, number: int, refusal: Refused) -> None:
    async with units.begin() as uow:
        row = await uow.session.get(BatchRow, (batch_id, number), with_for_update=True)
        if row is not None and row.settled_at is None:
            row.findings = findings_of(refusal)
            row.settled_at = uow.now()


async def _finish(units: UnitsOfWork, batch_id: UUID) -> bool:
    """Close the step once nobody works on a row of it any more; always False: there was nothing to do."""
    async with units.begin() as uow:
        batch = await uow.get(Batch, batch_id, for_update=True)
        view = await view_of(uow, batch)
        ready = view.create + view.change
        if batch.status is BatchStatus.CHECKING and view.judged == view.rows:
            uow.emit(batch.checked(ready, view.error))
            batch.touch(uow)
        elif batch.status is BatchStatus.COMMITTING and view.settled == ready:
            uow.emit(batch.committed(view.taken, ready - view.taken + view.error))
            batch.touch(uow)
    return False
