"""What each row of a file would do, judged without doing it: a piece at a time, with a few questions for all of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError, Refused
from libs.tpgateway.identifiers import is_nric_or_fin
from services.enrolment.commands.importing.sheet import AMOUNTS, Values, person_of, run_of, uen_of, values_of
from services.enrolment.models.batch import Batch, BatchRow, Verdict
from services.enrolment.models.codes import IdType
from services.enrolment.models.employer import Employer
from services.enrolment.models.personal import Vault, index_of_id
from services.enrolment.models.run import Run
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.batches import earlier_rows, unjudged_rows
from services.enrolment.queries.employers import employers_by_uen
from services.enrolment.queries.enrolments import active_run_ids_of
from services.enrolment.queries.runs import runs_with_funding
from services.enrolment.queries.trainees import find_known
from services.enrolment.schemas.person import TraineeWish

AT_ONCE: Final = 200


@dataclass(slots=True)
class Judged:
    """A row on its way to its verdict."""

    row: BatchRow
    values: Values = field(repr=False)
    run_id: UUID | None
    person: TraineeWish | None = field(repr=False)
    findings: list[FieldError]
    index: bytes | None = field(default=None, repr=False)
    known: UUID | None = None

    def columns(self, verdict: Verdict, told: Iterable[FieldError]) -> dict[str, Any]:
        return {
            "batch_id": self.row.batch_id,
            "number": self.row.number,
            "verdict": verdict.value,
            "run_id": self.run_id,
            "trainee_id": self.known,
            "id_number_index": self.index,
            "findings": [*self.row.findings, *(asdict(finding) for finding in told)],
        }


@dataclass(frozen=True, slots=True)
class Ground:
    """What a piece of rows is judged by, asked for once."""

    now: datetime
    runs: Mapping[UUID, tuple[Run, bool]]
    employers: Mapping[str, Employer]
    people: Mapping[bytes, Trainee]
    places: Mapping[UUID, set[UUID]]
    earlier: dict[tuple[bytes, UUID], int]
    """The first row of each person on each run, those of this piece included as they are met."""


async def judge_some(uow: UnitOfWork, batch: Batch, vault: Vault) -> bool:
    """Give the next rows their verdicts; False when every row has one."""
    rows = await unjudged_rows(uow, batch.id, AT_ONCE)
    if not rows:
        return False
    read = [_read(row, batch, vault) for row in rows]
    ground = await _ground(uow, batch.id, read)
    await uow.session.execute(update(BatchRow), [_verdict(each, ground) for each in read])
    return True


def _read(row: BatchRow, batch: Batch, vault: Vault) -> Judged:
    values = values_of(row, vault)
    run_id, wrong_run = run_of(values, batch)
    person, wrong_person = person_of(values)
    judged = Judged(row, values, run_id, person, [*wrong_run, *wrong_person])
    if person is not None:
        judged.index = index_of_id(person.id_type, person.id_number, vault)
    return judged


async def _ground(uow: UnitOfWork, batch_id: UUID, read: list[Judged]) -> Ground:
    indexes = {each.index for each in read if each.index is not None}
    people = await find_known(uow, indexes)
    return Ground(
        now=uow.now(),
        runs=await runs_with_funding(uow, {each.run_id for each in read if each.run_id is not None}),
        employers=await employers_by_uen(uow, {uen for each in read if (uen := uen_of(each.values))}),
        people=people,
        places=await active_run_ids_of(uow, {trainee.id for trainee in people.values()}),
        earlier=await earlier_rows(uow, batch_id, indexes),
    )


def _verdict(judged: Judged, ground: Ground) -> dict[str, Any]:
    """The columns that say what the row would do."""
    findings = [*judged.findings, *_of_run(judged, ground), *_of_payer(judged, ground), *_of_amounts(judged)]
    findings += _of_person(judged, ground)
    if findings or judged.row.findings or judged.index is None or judged.run_id is None:
        judged.index = None  # a row that is refused stands in nobody's way
        return judged.columns(Verdict.REFUSED, findings)
    known = ground.people.get(judged.index)
    judged.known = known.id if known else None
    first = ground.earlier.setdefault((judged.index, judged.run_id), judged.row.number)
    if first != judged.row.number:
        return judged.columns(Verdict.DUPLICATE, [_duplicate(f"Row {first} is the same person on the same run.")])
    if known is not None and judged.run_id in ground.places[known.id]:
        return judged.columns(Verdict.DUPLICATE, [_duplicate("This person has a place on this run already.")])
    return judged.columns(Verdict.MATCH if known else Verdict.CREATE, ())


def _duplicate(message: str) -> FieldError:
    return FieldError("id_number", "duplicate", message, "Nothing need be done.")


def _of_run(judged: Judged, ground: Ground) -> list[FieldError]:
    if judged.run_id is None:
        return []
    if judged.run_id not in ground.runs:
        return [FieldError("run_id", "unknown", "This course run is not known here.", "Publish it, or choose another.")]
    run, _ = ground.runs[judged.run_id]
    try:
        run.judge_registration(ground.now, override=False)
    except Refused as refusal:
        return [FieldError("run_id", refusal.code, refusal.message, "Choose a run that takes registrations.")]
    return []


def _of_person(judged: Judged, ground: Ground) -> list[FieldError]:
    person, funded = judged.person, ground.runs[judged.run_id][1] if judged.run_id in ground.runs else True
    if person is None:
        return []
    findings = [
        FieldError(name, "missing", f"The row has no {name}.", "Fill it in.")
        for name in ("email", "phone")
        if getattr(person, name) is None and not _told(judged, name)
    ]
    if funded and person.id_type is not IdType.OTHERS and not is_nric_or_fin(person.id_number):
        message = "The check letter of the identity number does not fit."
        findings.append(FieldError("id_number", "check_letter", message, "Compare it with the identity card."))
    return findings


def _told(judged: Judged, name: str) -> bool:
    """Whether the cell itself was found wrong when the file came."""
    return any(finding["field"] == name for finding in judged.row.findings)


def _of_payer(judged: Judged, ground: Ground) -> list[FieldError]:
    if judged.values.get("sponsorship") != "EMPLOYER":
        return []
    uen = uen_of(judged.values)
    if uen is None:
        return [FieldError("employer_uen", "missing", "An employer pays, but none is named.", "Add the UEN.")]
    if uen not in ground.employers:
        return [FieldError("employer_uen", "unknown", "No employer has this UEN here.", "Enter the employer first.")]
    return []


def _of_amounts(judged: Judged) -> list[FieldError]:
    if any(_told(judged, name) for name in AMOUNTS):
        return []
    full, *parts = (Decimal(judged.values.get(name, 0)) for name in AMOUNTS)
    if max(parts) <= full:
        return []
    message = "The nett fee or the discount is more than the full fee."
    return [FieldError("full_fee", "less_than_its_parts", message, "Compare the three amounts.")]
