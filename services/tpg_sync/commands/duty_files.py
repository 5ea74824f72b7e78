"""Keeps the files that duties are derived from, and derives anew what an event may have changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.commands.duties import Duty, Scene, duties_of_enrolment, duties_of_run, duties_of_session
from services.tpg_sync.commands.obligations import provider_of, settle_duties
from services.tpg_sync.models import Model, Obligation, ObligationEnrolment, ObligationPart, ObligationRun
from services.tpg_sync.models.obligation_facts import EnrolmentFacts, RunFacts

F = TypeVar("F", ObligationRun, ObligationEnrolment, ObligationPart)


def told_at(uow: UnitOfWork) -> datetime:
    """When what is being handled happened."""
    return uow.told_at or uow.now()


async def lock_run(uow: UnitOfWork, run_id: UUID) -> tuple[ObligationRun, RunFacts]:
    """The run's file, made when it is new, locked until the end: one writer a run."""
    await _make(uow, ObligationRun, run_id=run_id, staff=[], facts={})
    row = await uow.get(ObligationRun, run_id, for_update=True)
    return row, RunFacts.model_validate(row.facts)


async def lock_enrolment(
    uow: UnitOfWork, enrolment_id: UUID, *, run_id: UUID | None = None
) -> tuple[ObligationEnrolment, EnrolmentFacts]:
    """An enrolment's file, after its run's where that is known. A run that is told is kept."""
    known = run_id or (await _glance(uow, ObligationEnrolment, enrolment_id)).get("run_id")
    if known is not None:
        await lock_run(uow, known)
    await _make(uow, ObligationEnrolment, enrolment_id=enrolment_id, run_id=run_id, facts={})
    row = await uow.get(ObligationEnrolment, enrolment_id, for_update=True)
    row.run_id = row.run_id or run_id
    return row, EnrolmentFacts.model_validate(row.facts)


async def lock_part(
    uow: UnitOfWork, record_type: RecordType, record_id: UUID, *, run_id: UUID | None = None
) -> ObligationPart:
    """A mark's or result's file, after its run's where that is known."""
    known = run_id or (await _glance(uow, ObligationPart, (record_type, record_id))).get("run_id")
    if known is not None:
        await lock_run(uow, known)
    row = {"record_type": record_type, "record_id": record_id, "owed_revision": 0, "acked_revision": 0}
    await _make(uow, ObligationPart, **row)
    part = await uow.get(ObligationPart, (record_type, record_id), for_update=True)
    part.run_id = part.run_id or run_id
    return part


async def _make(uow: UnitOfWork, model: type[Model], **row: Any) -> None:
    await uow.session.execute(insert(model).values(**row).on_conflict_do_nothing())


async def _glance(uow: UnitOfWork, model: type[F], key: Any) -> dict[str, Any]:
    found = await uow.find(model, key)
    return {} if found is None else found.model_dump(include={"run_id"})


def keep(row: ObligationRun | ObligationEnrolment, facts: RunFacts | EnrolmentFacts) -> None:
    row.facts = facts.model_dump(mode="json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What of a run an event may have changed the duties of."""

    everything: bool = False
    run: bool = False
    sessions: Collection[UUID] = ()
    enrolments: Collection[UUID] = ()


async def derive(uow: UnitOfWork, run_id: UUID | None, touched: Touched) -> None:
    """Derive the duties that were touched and settle their rows. Where the run is not known yet, there are none."""
    if run_id is None:
        return
    await uow.session.flush()
    row, run = await lock_run(uow, run_id)
    scene = await _scene(uow, row.run_id, run, touched)
    if touched.everything:
        within: ColumnElement[bool] = col(Obligation.run_id) == run_id
        duties = all_duties(scene)
    else:
        subjects = {*touched.sessions, *touched.enrolments, *([run_id] if touched.run else [])}
        within = col(Obligation.subject_id).in_(subjects)
        duties = some_duties(scene, touched)
    await settle_duties(uow, run_id, within, duties, await provider_of(uow))


def all_duties(scene: Scene) -> list[Duty]:
    found = [*duties_of_run(scene)]
    for session_id in scene.run.sessions:
        found += duties_of_session(scene, session_id)
    for enrolment_id in scene.enrolments:
        found += duties_of_enrolment(scene, enrolment_id)
    return found


def some_duties(scene: Scene, touched: Touched) -> list[Duty]:
    found = [*duties_of_run(scene)] if touched.run else []
    for session_id in touched.sessions:
        found += duties_of_session(scene, session_id)
    for enrolment_id in touched.enrolments:
        if enrolment_id in scene.enrolments:
            found += duties_of_enrolment(scene, enrolment_id)
    return found


async def _scene(uow: UnitOfWork, run_id: UUID, run: RunFacts, touched: Touched) -> Scene:
    """As much of the run as the duties in question hang on: drift and sheets need all its enrolments."""
    everybody = touched.everything or touched.run or bool(touched.sessions)
    enrolments = select(ObligationEnrolment).where(col(ObligationEnrolment.run_id) == run_id)
    parts = select(ObligationPart).where(col(ObligationPart.run_id) == run_id)
    if not everybody:
        enrolments = enrolments.where(col(ObligationEnrolment.enrolment_id).in_(touched.enrolments))
    if not (touched.everything or touched.run):
        parts = parts.where(
            or_(
                col(ObligationPart.enrolment_id).in_(touched.enrolments),
                col(ObligationPart.session_id).in_(touched.sessions),
            )
        )
    found = (await uow.session.execute(enrolments)).scalars().all()
    return Scene(
        run_id=run_id,
        run=run,
        enrolments={one.enrolment_id: EnrolmentFacts.model_validate(one.facts) for one in found},
        parts=(await uow.session.execute(parts)).scalars().all(),
    )
