"""The life of a run: each command loads it locked, lets it decide, and tells the fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError, OverrideNotAllowed, UnknownReference
from services.course.commands.booking import links_of, reserve, slot_of
from services.course.commands.clock import catch_up
from services.course.commands.settling import settle_run
from services.course.errors import Retired, Unplannable
from services.course.models.course import Course
from services.course.models.lifecycle import RunAction
from services.course.models.planning import Slot
from services.course.models.policy import Policy
from services.course.models.replanning import plan, replan
from services.course.models.run import CourseRun
from services.course.queries.policy import policy_in_force
from services.course.queries.preflight import refusals
from services.course.queries.runs import get_run
from services.course.queries.submissions import Opens
from services.course.schemas.run import CloseWish, ConfirmWish, RunPatch, RunWish, SessionWish


@dataclass(frozen=True, slots=True)
class Planned:
    """A run as wished, with what it is judged by; `slots` are its sessions by their places in the request."""

    run: CourseRun
    course: Course
    policy: Policy
    slots: Mapping[UUID, Slot]


async def locked_run(uow: UnitOfWork, run_id: UUID, *, version: int | None) -> CourseRun:
    """The run, locked, at the version the caller read, brought up to the clock and noted as changed."""
    run = await get_run(uow, run_id, for_update=True)
    if version is not None:
        run.expect(version)
    run.touch(uow)
    catch_up(uow, run)
    return run


async def course_of(uow: UnitOfWork, run: CourseRun) -> Course:
    return await uow.get(Course, run.course_id)


async def create_run(uow: UnitOfWork, wish: RunWish, *, may_override: bool) -> CourseRun:
    """A draft with its people and sessions; bookings hold from here on, so that no one else takes the slot."""
    planned = await plan_run(uow, wish)
    run, course, policy = planned.run, planned.course, planned.policy
    judge_size(run, course, policy, may_override=may_override)
    run.judge_dates()
    run.judge_sessions(course, policy, planned.slots)
    event = run.created().because(run.class_size_override)
    uow.add(run)
    await settle_run(uow, run)
    uow.emit(event)
    return run


async def plan_run(uow: UnitOfWork, wish: RunWish) -> Planned:
    """The run a wish asks for, in memory and not judged. Raises UnknownReference and Retired."""
    course = await uow.find(Course, wish.course_id)
    if course is None:
        raise UnknownReference("course_id", "course", wish.course_id)
    if not course.active:
        raise Retired("course", course.id)
    policy = await policy_in_force(uow)
    people = await reserve(uow, trainers=_people_named(wish), venues=_rooms_named(wish))
    run = CourseRun(
        **lineage(uow),
        **wish.model_dump(exclude={"trainers", "sessions"}),
        course_reference=course.reference,
        policy_version=policy.number,
        sessions=[],
        trainers=[],
    )
    run.trainers = links_of(run.id, wish.trainers, people)
    slots = {plan(run, slot, lineage(uow)).id: slot for slot in _slots(wish.sessions)}
    return Planned(run, course, policy, slots)


async def edit_run(uow: UnitOfWork, run_id: UUID, patch: RunPatch, *, version: int, may_override: bool) -> CourseRun:
    """Change the fields sent; a patch that changes nothing tells nothing."""
    run = await get_run(uow, run_id, for_update=True)
    run.expect(version)
    if catch_up(uow, run):
        run.touch(uow)
    course, policy = await course_of(uow, run), await policy_in_force(uow)
    values = patch.model_dump(exclude_unset=True)
    size_before = (run.intake_size, run.class_size_override)
    event = run.edit(values, course=course, policy=policy)
    if event is None:
        return run
    same_size = size_before == (run.intake_size, run.class_size_override)
    judge_size(run, course, policy, may_override=may_override or same_size)
    run.touch(uow)
    uow.emit(event.because(patch.class_size_override))
    return run


async def replan_run(uow: UnitOfWork, run_id: UUID, wish: RunWish, *, version: int, may_override: bool) -> CourseRun:
    """A draft's whole plan in one step: fields, people and sessions as wished, or nothing of it."""
    run = await locked_run(uow, run_id, version=version)
    run.require(RunAction.REPLAN)
    if wish.course_id != run.course_id:
        fix = "Discard this draft and plan another."
        raise Unplannable([FieldError("course_id", "fixed", "A run keeps its course.", fix)])
    course, policy = await course_of(uow, run), await policy_in_force(uow)
    people = await reserve(uow, trainers=_people_named(wish), venues=_rooms_named(wish), run=run)
    fields = wish.model_dump(include=set(RunWish.model_fields) - {"course_id", "trainers", "sessions"})
    event = replan(
        run,
        fields,
        links_of(run.id, wish.trainers, people),
        _slots(wish.sessions),
        lambda: lineage(uow),
        course=course,
        policy=policy,
        now=uow.now(),
    )
    judge_size(run, course, policy, may_override=may_override)
    await settle_run(uow, run)
    uow.emit(event)
    return run


async def publish_run(uow: UnitOfWork, run_id: UUID, *, version: int, vault: Opens) -> CourseRun:
    """Owe the run to TPGateway, after judging it by TPGateway's own rules. Raises NotPublishable with every finding."""
    run = await locked_run(uow, run_id, version=version)
    course = await uow.get(Course, run.course_id, for_update=True)  # its reference is frozen from here on
    policy = await policy_in_force(uow)
    run.require(RunAction.PUBLISH)
    run.course_reference = course.reference
    found = await refusals(uow, run, vault)
    uow.emit(run.publish(course=course, policy=policy, now=uow.now(), found=found))
    return run


async def confirm_run(
    uow: UnitOfWork, run_id: UUID, wish: ConfirmWish, *, version: int, may_override: bool
) -> CourseRun:
    """It will take place. An override needs the right to it and a reason."""
    run = await locked_run(uow, run_id, version=version)
    if wish.override:
        _require_override("min_pax", wish.reason, may_override=may_override)
    uow.emit(run.confirm(override=wish.override, reason=wish.reason))
    return run


async def cancel_run(uow: UnitOfWork, run_id: UUID, reason: str, *, version: int) -> CourseRun:
    run = await locked_run(uow, run_id, version=version)
    uow.emit(run.cancel(reason))
    return run


async def discard_run(uow: UnitOfWork, run_id: UUID, reason: str | None, *, version: int) -> CourseRun:
    run = await locked_run(uow, run_id, version=version)
    uow.emit(run.discard(reason))
    return run


async def cut_run_short(uow: UnitOfWork, run_id: UUID, reason: str, *, version: int) -> CourseRun:
    run = await locked_run(uow, run_id, version=version)
    uow.emit(run.cut_short(now=uow.now(), reason=reason))
    return run


async def close_run(uow: UnitOfWork, run_id: UUID, wish: CloseWish, *, version: int, may_override: bool) -> CourseRun:
    """Nothing is owed any more, or what is has been waived by someone with the right to it."""
    run = await locked_run(uow, run_id, version=version)
    if wish.waive:
        _require_override("still_owed", wish.reason, may_override=may_override)
    uow.emit(run.close(waive=wish.waive, reason=wish.reason))
    return run


async def reopen_run(uow: UnitOfWork, run_id: UUID, reason: str, *, version: int) -> CourseRun:
    run = await locked_run(uow, run_id, version=version)
    uow.emit(run.reopen(reason))
    return run


def _people_named(wish: RunWish) -> list[tuple[str, UUID]]:
    linked = [(f"trainers.{index}.trainer_id", link.trainer_id) for index, link in enumerate(wish.trainers)]
    teaching = [
        (f"sessions.{index}.trainer_ids", trainer_id)
        for index, session in enumerate(wish.sessions)
        for trainer_id in session.trainer_ids or ()
    ]
    return linked + teaching


def _rooms_named(wish: RunWish) -> list[tuple[str, UUID | None]]:
    rooms = [(f"sessions.{index}.venue_id", session.venue_id) for index, session in enumerate(wish.sessions)]
    return [("venue_id", wish.venue_id), *rooms]


def _slots(wishes: Sequence[SessionWish]) -> list[Slot]:
    return [slot_of(f"sessions.{index}", wish) for index, wish in enumerate(wishes)]


def judge_size(run: CourseRun, course: Course, policy: Policy, *, may_override: bool) -> None:
    """Seats within the policy's and the course's limit, unless overridden with a reason."""
    limit = min(policy.class_max_size, course.max_class_size or policy.class_max_size)
    if run.min_pax > run.intake_size:
        fix = f"Use at most {run.intake_size}."
        raise Unplannable([FieldError("min_pax", "above_intake", "More than the run has seats.", fix)])
    if run.registered_count > run.intake_size + run.threshold:
        fix = f"Keep intake and threshold together at {run.registered_count} or more."
        raise Unplannable([FieldError("intake_size", "below_registered", "Fewer seats than are taken.", fix)])
    if run.intake_size <= limit:
        return
    if run.class_size_override is None:
        fix = f"Use at most {limit} seats, or give the reason in class_size_override."
        raise Unplannable([FieldError("intake_size", "class_size", f"A class has at most {limit} seats.", fix)])
    if not may_override:
        raise OverrideNotAllowed("class_size")


def _require_override(rule: str, reason: str | None, *, may_override: bool) -> None:
    if not may_override:
        raise OverrideNotAllowed(rule)
    if reason is None:
        raise Unplannable([FieldError("reason", "missing", "An override needs its reason.", "Say why.")])
