"""Changes to a run's plan. Each locks run and calendars, lets the model decide, and has Postgres check the bookings."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from services.course.commands.booking import links_of, reserve, slot_of
from services.course.commands.runs import course_of, locked_run
from services.course.commands.settling import settle_run
from services.course.models import replanning
from services.course.models.lifecycle import RunAction
from services.course.models.planning import Slot
from services.course.models.run import CourseRun
from services.course.queries.policy import policy_in_force
from services.course.schemas.run import (
    MovedSession,
    NewSession,
    RescheduleWish,
    SessionPatch,
    TrainersChange,
    VenueChange,
)


async def reschedule_run(uow: UnitOfWork, run_id: UUID, wish: RescheduleWish, *, version: int) -> CourseRun:
    """Move dates and sessions in one step; either all of it holds or nothing moved."""
    run = await locked_run(uow, run_id, version=version)
    run.require(RunAction.RESCHEDULE)
    rooms = [(f"sessions.{index}.venue_id", moved.venue_id) for index, moved in enumerate(wish.sessions)]
    await reserve(uow, venues=rooms, run=run)
    dates = wish.model_dump(exclude_unset=True, exclude={"sessions", "reason"})
    event = replanning.reschedule(
        run,
        dates,
        _moved(run, wish.sessions),
        course=await course_of(uow, run),
        policy=await policy_in_force(uow),
        now=uow.now(),
        reason=wish.reason,
    )
    for moved in wish.sessions:
        run.session(moved.session_id).touch(uow)
    await settle_run(uow, run)
    uow.emit(event)
    return run


async def change_venue(uow: UnitOfWork, run_id: UUID, wish: VenueChange, *, version: int) -> CourseRun:
    run = await locked_run(uow, run_id, version=version)
    await reserve(uow, venues=[("venue_id", wish.venue_id)], run=run)
    policy = await policy_in_force(uow)
    event = replanning.change_venue(run, wish.venue_id, policy=policy, now=uow.now(), reason=wish.reason)
    await settle_run(uow, run)
    uow.emit(event)
    return run


async def change_trainers(uow: UnitOfWork, run_id: UUID, wish: TrainersChange, *, version: int) -> CourseRun:
    run = await locked_run(uow, run_id, version=version)
    named = [(f"trainers.{index}.trainer_id", link.trainer_id) for index, link in enumerate(wish.trainers)]
    people = await reserve(uow, trainers=named, run=run)
    links = links_of(run.id, wish.trainers, people)
    policy = await policy_in_force(uow)
    event = replanning.change_trainers(run, links, policy=policy, now=uow.now(), reason=wish.reason)
    await settle_run(uow, run)
    uow.emit(event)
    return run


async def add_session(uow: UnitOfWork, run_id: UUID, wish: NewSession) -> CourseRun:
    """One more session, ordinary or make-up; the run's last session by sequence is the new one."""
    run = await locked_run(uow, run_id, version=None)
    run.require(RunAction.ADD_MAKEUP_SESSION if wish.is_makeup else RunAction.ADD_SESSION)
    await reserve(uow, trainers=_people(wish.trainer_ids), venues=[("venue_id", wish.venue_id)], run=run)
    course, policy, slot, new = await course_of(uow, run), await policy_in_force(uow), slot_of("", wish), lineage(uow)
    if wish.is_makeup:
        event = replanning.add_makeup_session(
            run,
            slot,
            new,
            makeup_for=wish.makeup_for,
            course=course,
            policy=policy,
            now=uow.now(),
            reason=wish.reason,
        )
    else:
        event = replanning.add_session(run, slot, new, course=course, policy=policy, now=uow.now())
    await settle_run(uow, run)
    uow.emit(event)
    return run


async def move_session(
    uow: UnitOfWork, run_id: UUID, session_id: UUID, patch: SessionPatch, *, version: int
) -> CourseRun:
    """Change one session's time, mode, room or people; what is left out stays."""
    run = await locked_run(uow, run_id, version=version)
    run.require(RunAction.MOVE_SESSION)
    await reserve(uow, trainers=_people(patch.trainer_ids), venues=[("venue_id", patch.venue_id)], run=run)
    session = run.session(session_id)
    event = replanning.move_session(
        run,
        session_id,
        _patched(session.slot(""), patch),
        course=await course_of(uow, run),
        policy=await policy_in_force(uow),
        now=uow.now(),
        reason=patch.reason,
    )
    session.touch(uow)
    await settle_run(uow, run)
    uow.emit(event)
    return run


async def cancel_session(uow: UnitOfWork, run_id: UUID, session_id: UUID, reason: str, *, version: int) -> CourseRun:
    run = await locked_run(uow, run_id, version=version)
    policy = await policy_in_force(uow)
    event = replanning.cancel_session(run, session_id, policy=policy, now=uow.now(), reason=reason)
    run.session(session_id).touch(uow)
    uow.emit(event)
    return run


async def remove_session(uow: UnitOfWork, run_id: UUID, session_id: UUID, *, version: int) -> CourseRun:
    run = await locked_run(uow, run_id, version=version)
    policy = await policy_in_force(uow)
    uow.emit(replanning.remove_session(run, session_id, policy=policy))
    return run


def _people(trainer_ids: Sequence[UUID] | None) -> list[tuple[str, UUID]]:
    return [("trainer_ids", trainer_id) for trainer_id in trainer_ids or ()]


def _moved(run: CourseRun, moves: Sequence[MovedSession]) -> dict[UUID, Slot]:
    """Each named session at its new time; mode and people stay, and the room unless another is named."""
    slots: dict[UUID, Slot] = {}
    for index, move in enumerate(moves):
        slot = run.session(move.session_id).slot(f"sessions.{index}")
        venue_id = move.venue_id or slot.venue_id
        slots[move.session_id] = replace(slot, start_at=move.start_at, end_at=move.end_at, venue_id=venue_id)
    return slots


def _patched(slot: Slot, patch: SessionPatch) -> Slot:
    given = patch.model_fields_set
    mode = patch.mode_of_training if "mode_of_training" in given else slot.mode
    kept = None if mode.online else slot.venue_id
    return replace(
        slot,
        start_at=patch.start_at if "start_at" in given else slot.start_at,
        end_at=patch.end_at if "end_at" in given else slot.end_at,
        mode=mode,
        venue_id=patch.venue_id if "venue_id" in given else kept,
        trainer_ids=frozenset(patch.trainer_ids) if "trainer_ids" in given else slot.trainer_ids,
    )
