"""What each row of a file would do, judged without doing it: a piece at a time, with a few questions for all of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from libs.contracts.submissions import EmployerPart, TraineePart
from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError, Refused
from libs.imports.row import Values
from libs.privacy.personal import PersonalVault
from libs.sources import singapore_day
from services.enrolment.commands.importing.sheet import (
    AMOUNTS,
    part_of,
    person_of,
    run_of,
    submission_of,
    uen_of,
)
from services.enrolment.models.batch import Batch, BatchRow, Verdict
from services.enrolment.models.personal import Vault, index_of_id
from services.enrolment.models.run import Run
from services.enrolment.queries import preflight
from services.enrolment.queries.batches import earlier_rows, unjudged_rows
from services.enrolment.queries.employers import employers_by_uen
from services.enrolment.queries.enrolments import active_run_ids_of
from services.enrolment.queries.runs import runs_with_funding
from services.enrolment.queries.submissions import employer_part, trainee_part
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
    employer_parts: Mapping[str, EmployerPart] = field(repr=False)
    people: Mapping[bytes, TraineePart] = field(repr=False)
    places: Mapping[UUID, set[UUID]]
    earlier: dict[tuple[bytes, UUID], int]
    """The first row of each person on each run, those of this piece included as they are met."""


async def judge_some(uow: UnitOfWork, batch: Batch, vault: PersonalVault) -> bool:
    """Give the next rows their verdicts; False when every row has one."""
    rows = await unjudged_rows(uow, batch.id, AT_ONCE)
    if not rows:
        return False
    await vault.hold([batch.id])
    read = [_read(row, batch, vault) for row in rows]
    ground = await _ground(uow, batch.id, read, vault)
    await uow.session.execute(update(BatchRow), [_verdict(each, ground) for each in read])
    return True


def _read(row: BatchRow, batch: Batch, vault: Vault) -> Judged:
    values = row.values(vault)
    run_id, wrong_run = run_of(values, batch)
    person, wrong_person = person_of(values)
    judged = Judged(row, values, run_id, person, [*wrong_run, *wrong_person])
    if person is not None:
        judged.index = index_of_id(person.id_type, person.id_number, vault)
    return judged


async def _ground(uow: UnitOfWork, batch_id: UUID, read: list[Judged], vault: PersonalVault) -> Ground:
    indexes = {each.index for each in read if each.index is not None}
    people = await find_known(uow, indexes)
    await vault.hold(trainee.id for trainee in people.values())
    employers = await employers_by_uen(uow, {uen for each in read if (uen := uen_of(each.values))})
    return Ground(
        now=uow.now(),
        runs=await runs_with_funding(uow, {each.run_id for each in read if each.run_id is not None}),
        employer_parts={uen: employer_part(employer, vault) for uen, employer in employers.items()},
        people={index: trainee_part(trainee, vault) for index, trainee in people.items()},
        places=await active_run_ids_of(uow, {trainee.id for trainee in people.values()}),
        earlier=await earlier_rows(uow, batch_id, indexes),
    )


def _verdict(judged: Judged, ground: Ground) -> dict[str, Any]:
    """The columns that say what the row would do."""
    for about in (_of_run, _of_payer, _of_amounts, _of_submission):
        judged.findings += about(judged, ground)
    findings = judged.findings
    if findings or judged.row.findings or judged.index is None or judged.run_id is None:
        judged.index = None  # a row that is refused stands in nobody's way
        return judged.columns(Verdict.REFUSED, findings)
    known = ground.people.get(judged.index)
    judged.known = known.trainee_id if known else None
    first = ground.earlier.setdefault((judged.index, judged.run_id), judged.row.number)
    if first != judged.row.number:
        return judged.columns(Verdict.DUPLICATE, [_duplicate(f"Row {first} is the same person on the same run.")])
    if known is not None and judged.run_id in ground.places[known.trainee_id]:
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


def _of_submission(judged: Judged, ground: Ground) -> list[FieldError]:
    """What TPGateway would refuse of the place, told at the row's cells; who is known is judged as they are known."""
    if judged.person is None or judged.index is None or judged.run_id is None or judged.run_id not in ground.runs:
        return []
    run, funded = ground.runs[judged.run_id]
    uen = uen_of(judged.values)
    employer = ground.employer_parts.get(uen) if uen else None
    trainee = ground.people.get(judged.index) or part_of(judged.person)
    submission = submission_of(judged.values, trainee, run, employer, on=singapore_day(ground.now))
    found = preflight.judged(submission, now=ground.now, funded=funded).errors
    cells = [replace(each, field=_cell_of(each.field)) for each in found]
    return [each for each in cells if not _told(judged, each.field)]


def _cell_of(field: str) -> str:
    """Where in the row that would be mended."""
    owner, _, part = field.partition(".")
    if owner == "trainee":
        return part.partition(".")[0]
    return "employer_uen" if owner in {"employer", "employer_id"} else field


def _told(judged: Judged, name: str) -> bool:
    """Whether something was said of this cell already."""
    return any(finding["field"] == name for finding in judged.row.findings) or any(
        finding.field == name for finding in judged.findings
    )


def _of_payer(judged: Judged, ground: Ground) -> list[FieldError]:
    if judged.values.get("sponsorship") != "EMPLOYER":
        return []
    uen = uen_of(judged.values)
    if uen is None:
        return [FieldError("employer_uen", "missing", "An employer pays, but none is named.", "Add the UEN.")]
    if uen not in ground.employer_parts:
        return [FieldError("employer_uen", "unknown", "No employer has this UEN here.", "Enter the employer first.")]
    return []


def _of_amounts(judged: Judged, _: Ground) -> list[FieldError]:
    if any(_told(judged, name) for name in AMOUNTS):
        return []
    full, *parts = (Decimal(judged.values.get(name, 0)) for name in AMOUNTS)
    if max(parts) <= full:
        return []
    message = "The nett fee or the discount is more than the full fee."
    return [FieldError("full_fee", "less_than_its_parts", message, "Compare the three amounts.")]
