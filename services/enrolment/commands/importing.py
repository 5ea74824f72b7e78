"""Spreadsheets of people: kept as they come, judged row by row, and taken row by row when somebody says so.

Every step is a transaction of its own that leaves a mark on its rows, so a process that dies in the middle loses and
repeats nothing, and several may work on one file. Rows stay sealed; what is said of them never repeats them.
"""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import insert

from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import FieldError, Invalid, Refused
from libs.tabular.cells import amount, day, one_of
from libs.tabular.reading import Column, Row, Table, UnreadableTable
from libs.telemetry.context import Context, current, entered
from libs.web.fields import field_errors
from services.enrolment.commands.confirming import confirm
from services.enrolment.commands.registering import register
from services.enrolment.commands.trainees import create_trainee
from services.enrolment.models.batch import Batch, BatchRow, BatchStatus, Verdict
from services.enrolment.models.personal import Vault, index_of_id
from services.enrolment.models.run import Run
from services.enrolment.queries.batches import (
    earlier_row,
    employer_by_uen,
    find_same,
    lock_open,
    lock_unjudged,
    next_batch,
    view_of,
)
from services.enrolment.queries.enrolments import active_run_ids_of
from services.enrolment.queries.trainees import find_known
from services.enrolment.schemas.batch import CommitWish
from services.enrolment.schemas.enrolment import EnrolmentWish, OverrideWish
from services.enrolment.schemas.person import TraineeWish

MOST_ROWS: Final = 20_000
AT_ONCE: Final = 200
CELLS: Final = "import.row"
COLUMNS: Final = (
    Column("full_name", required=True, also=("name", "trainee name", "name as in nric")),
    Column("id_type", one_of(NRIC="NRIC", FIN="FIN", OTHERS="OTHERS", Passport="OTHERS"), required=True),
    Column("id_number", required=True, also=("nric", "nric/fin", "identity number")),
    Column("born_on", day, required=True, also=("dob", "date of birth", "birth date")),
    Column("email", also=("e-mail", "email address")),
    Column("phone", also=("mobile", "contact number", "phone number")),
    Column("sponsorship", one_of(EMPLOYER="EMPLOYER", INDIVIDUAL="INDIVIDUAL", Self="INDIVIDUAL")),
    Column("employer_uen", also=("uen", "company uen")),
    Column("full_fee", amount),
    Column("nett_fee", amount, also=("net fee",)),
    Column("discount", amount),
    Column("run_id", also=("course run", "run")),
)
PERSON: Final = frozenset({"full_name", "id_type", "id_number", "born_on", "email"})


async def receive(uow: UnitOfWork, content: bytes, run_id: UUID | None, vault: Vault) -> tuple[Batch, bool]:
    """Keep a file for judging; True when it is new. The same file for the same run is the batch it was."""
    sha256 = hashlib.sha256(content).digest()
    known = await find_same(uow, sha256, run_id)
    if known is not None:
        return known, False
    table = Table(io.BytesIO(content), COLUMNS)
    batch = Batch(**lineage(uow), run_id=run_id, sha256=sha256, header=table.header, ignored=table.ignored)
    uow.add(batch)
    await uow.session.flush()
    piece: list[dict[str, Any]] = []
    for row in table.rows():
        batch.rows += 1
        if batch.rows > MOST_ROWS:
            raise UnreadableTable(f"The file has more than {MOST_ROWS} rows. Send it in parts.")
        piece.append(_kept(batch, row, vault))
        if len(piece) == AT_ONCE:
            await _write(uow, piece)
    await _write(uow, piece)
    if batch.rows == 0:
        raise UnreadableTable("The file has a header and no rows.")
    return batch, True


def _kept(batch: Batch, row: Row, vault: Vault) -> dict[str, Any]:
    values = {name: str(value) for name, value in row.values.items()}
    sealed = json.dumps({"cells": list(row.cells), "values": values})
    return {
        "batch_id": batch.id,
        "number": row.number,
        "cells_sealed": vault.seal(sealed, purpose=CELLS, subject=batch.id),
        "findings": [asdict(finding) for finding in row.findings],
    }


async def _write(uow: UnitOfWork, piece: list[dict[str, Any]]) -> None:
    if piece:
        await uow.session.execute(insert(BatchRow), piece)
        piece.clear()


def cells_of(row: BatchRow, vault: Vault) -> list[str]:
    """The row as it came."""
    cells: list[str] = _opened(row, vault)["cells"]
    return cells


def _opened(row: BatchRow, vault: Vault) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(vault.open(row.cells_sealed, purpose=CELLS, subject=row.batch_id))
    return opened


async def order_commit(uow: UnitOfWork, batch_id: UUID, wish: CommitWish, *, version: int) -> Batch:
    """Let the worker take the rows that can be taken, on behalf of who says so now."""
    batch = await uow.get(Batch, batch_id, for_update=True)
    batch.expect(version)
    refused = (await view_of(uow, batch)).refused
    actor = current()
    batch.order(actor.actor_id, actor.actor_role, confirms=wish.confirm, refused=refused, only_valid=wish.only_valid)
    batch.touch(uow)
    return batch


async def work_on_next(units: UnitsOfWork, vault: Vault) -> bool:
    """One step on one file, committed; False when there is nothing to do."""
    async with units.reading() as uow:
        batch = await next_batch(uow)
    if batch is None:
        return False
    journey = Context(correlation_id=batch.correlation_id)
    with entered(journey.acting(batch.ordered_by or batch.created_by, batch.ordered_as or journey.actor_role)):
        if batch.status is BatchStatus.CHECKING:
            return await _judge_some(units, batch.id, vault) or await _finish(units, batch.id)
        return await _take_one(units, batch, vault) or await _finish(units, batch.id)


async def _judge_some(units: UnitsOfWork, batch_id: UUID, vault: Vault) -> bool:
    async with units.begin() as uow:
        batch = await uow.get(Batch, batch_id)
        rows = await lock_unjudged(uow, batch_id, AT_ONCE)
        for row in rows:
            findings = await _judge(uow, batch, row, vault)
            if row.verdict is None:
                row.verdict = Verdict.REFUSED
                row.findings = [*row.findings, *(asdict(finding) for finding in findings)]
            uow.add(row)
            await uow.session.flush()  # later rows look at earlier ones
    return bool(rows)


async def _judge(uow: UnitOfWork, batch: Batch, row: BatchRow, vault: Vault) -> Sequence[FieldError]:
    """What is wrong with a row; else its verdict stands on it."""
    values = _opened(row, vault)["values"]
    findings: list[FieldError] = []
    row.run_id = _run_id(batch, values, findings)
    person = _person(values, findings)
    if row.run_id is not None:
        findings += await _judge_run(uow, row.run_id)
    findings += await _judge_payer(uow, values)
    if person is None or findings or row.findings:
        return findings
    row.id_number_index = index_of_id(person.id_type, person.id_number, vault)
    known = await find_known(uow, row.id_number_index)
    row.trainee_id = known.id if known else None
    earlier = await earlier_row(uow, row)
    taken = (await active_run_ids_of(uow, [known.id])).get(known.id, set()) if known else set()
    if earlier is not None:
        row.verdict = Verdict.DUPLICATE
        row.findings = [_duplicate(f"Row {earlier} is the same person on the same run.")]
    elif row.run_id in taken:
        row.verdict = Verdict.DUPLICATE
        row.findings = [_duplicate("This person has a place on this run already.")]
    else:
        row.verdict = Verdict.MATCH if known else Verdict.CREATE
    return findings


def _duplicate(message: str) -> dict[str, Any]:
    return asdict(FieldError("id_number", "duplicate", message, "Nothing need be done."))


def _run_id(batch: Batch, values: dict[str, str], findings: list[FieldError]) -> UUID | None:
    if "run_id" not in values:
        if batch.run_id is None:
            message = "Neither the row nor the import names a course run."
            findings.append(FieldError("run_id", "missing", message, "Choose a run, or add a column run_id."))
        return batch.run_id
    try:
        return UUID(values["run_id"])
    except ValueError:
        findings.append(FieldError("run_id", "uuid", "This is no id of a run.", "Copy it from the run's page."))
        return None


def _person(values: dict[str, str], findings: list[FieldError]) -> TraineeWish | None:
    given: dict[str, Any] = {name: value for name, value in values.items() if name in PERSON}
    if "phone" in values:
        given["phone"] = _phone(values["phone"])
    try:
        return TraineeWish.model_validate(given)
    except ValidationError as error:
        known = [found for found in field_errors(error.errors()) if found.code != "missing"]
        findings += known
        return None


def _phone(text: str) -> dict[str, str]:
    """A Singapore number unless it says otherwise."""
    compact = text.replace(" ", "").replace("-", "")
    if compact.startswith("+65"):
        return {"country": "+65", "number": compact.removeprefix("+65")}
    if compact.startswith("+"):
        return {"country": compact[:3], "number": compact[3:]}
    return {"number": compact}


async def _judge_run(uow: UnitOfWork, run_id: UUID) -> Sequence[FieldError]:
    run = await uow.find(Run, run_id)
    if run is None:
        return [FieldError("run_id", "unknown", "This course run is not known here.", "Publish it, or choose another.")]
    try:
        run.judge_registration(uow.now(), override=False)
    except Refused as refusal:
        return [FieldError("run_id", refusal.code, refusal.message, "Choose a run that takes registrations.")]
    return []


async def _judge_payer(uow: UnitOfWork, values: dict[str, str]) -> Sequence[FieldError]:
    if values.get("sponsorship") != "EMPLOYER":
        return []
    if "employer_uen" not in values:
        return [FieldError("employer_uen", "missing", "An employer pays, but none is named.", "Add the UEN.")]
    if await employer_by_uen(uow, values["employer_uen"]) is None:
        return [FieldError("employer_uen", "unknown", "No employer has this UEN here.", "Enter the employer first.")]
    return []


async def _take_one(units: UnitsOfWork, batch: Batch, vault: Vault) -> bool:
    """Take the next row: person, place and, if ordered, seat in one transaction; a refusal is kept with the row."""
    number: int | None = None
    try:
        async with units.begin() as uow:
            row = await lock_open(uow, batch.id)
            if row is None:
                return False
            number = row.number
            await _take(uow, batch, row, vault)
    except Refused as refusal:
        if number is not None:
            await _refuse(units, batch.id, number, refusal)
    return True


async def _take(uow: UnitOfWork, batch: Batch, row: BatchRow, vault: Vault) -> None:
    values = _opened(row, vault)["values"]
    person = _person(values, [])
    if person is None or row.run_id is None:
        raise AssertionError("a row that was judged ready can be read again")
    known = await find_known(uow, index_of_id(person.id_type, person.id_number, vault))
    trainee_id = known.id if known else (await create_trainee(uow, person, vault)).id
    wish: dict[str, Any] = {
        "run_id": row.run_id,
        "trainee_id": trainee_id,
        "sponsorship": values.get("sponsorship", "INDIVIDUAL"),
        **{name: values[name] for name in ("full_fee", "nett_fee", "discount") if name in values},
    }
    if wish["sponsorship"] == "EMPLOYER":
        wish["employer_id"] = await employer_by_uen(uow, values["employer_uen"])
    enrolment = await register(uow, _wish(wish), may_override=False)
    if batch.confirms:
        version = enrolment.version
        await confirm(uow, enrolment.id, OverrideWish(), version=version, vault=vault, may_override=False)
    row.trainee_id, row.enrolment_id, row.settled_at = trainee_id, enrolment.id, uow.now()
    uow.add(row)


def _wish(given: dict[str, Any]) -> EnrolmentWish:
    try:
        return EnrolmentWish.model_validate(given)
    except ValidationError as error:
        raise Invalid("The row contradicts itself.", field_errors(error.errors())) from None


async def _refuse(units: UnitsOfWork, batch_id: UUID, number: int, refusal: Refused) -> None:
    fields = refusal.fields if isinstance(refusal, Invalid) else ()
    whole = FieldError("row", refusal.code, refusal.message, "Mend it and send the row again.")
    async with units.begin() as uow:
        row = await uow.session.get(BatchRow, (batch_id, number), with_for_update=True)
        if row is not None and row.settled_at is None:
            row.findings = [asdict(finding) for finding in (fields or (whole,))]
            row.settled_at = uow.now()


async def _finish(units: UnitsOfWork, batch_id: UUID) -> bool:
    """Close the step once nobody works on a row of it any more; always False: there was nothing to do."""
    async with units.begin() as uow:
        batch = await uow.get(Batch, batch_id, for_update=True)
        view = await view_of(uow, batch)
        ready = view.create + view.match
        if batch.status is BatchStatus.CHECKING and view.judged == view.rows:
            uow.emit(batch.checked(ready, view.refused))
            batch.touch(uow)
        elif batch.status is BatchStatus.COMMITTING and view.settled == ready:
            uow.emit(batch.committed(view.taken, view.rows - view.taken))
            batch.touch(uow)
    return False
