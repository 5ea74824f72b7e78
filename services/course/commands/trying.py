"""What a draft would be told, before it is one: planned in memory, judged by every rule, and not written."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Literal
from uuid import UUID

from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError, Invalid
from services.course.commands.runs import Planned, judge_size, plan_run
from services.course.models.run import CourseRun
from services.course.queries.calendar import Booking, find_trainer_booking, find_venue_booking
from services.course.queries.preflight import preflight
from services.course.queries.runs import get_run
from services.course.queries.submissions import Opens
from services.course.schemas.run import ClashView, RunTrial, TrialView

Kind = Literal["trainer", "venue"]


async def try_run(uow: UnitOfWork, wish: RunTrial, *, vault: Opens) -> TrialView:
    """Everything that stands in the way of this wish at once, and who or what is busy at its times. Raises NotFound."""
    try:
        planned = await plan_run(uow, wish)
    except Invalid as refused:
        return TrialView.of_trial(refused.fields, [], [])
    run = planned.run
    await _stand_in(uow, run, wish.run_id)
    errors, warnings = await preflight(uow, run, planned.course, planned.policy, vault)
    clashes = await _clashes(uow, run, outside_run=wish.run_id or run.id)
    return TrialView.of_trial(_each_once([*_broken_rules(planned), *errors]), warnings, clashes)


async def _stand_in(uow: UnitOfWork, run: CourseRun, for_run: UUID | None) -> None:
    """A plan of a published run is judged as a change of what TPGateway holds, not as something new.

    Sessions of a trial have no ids: one held at the same time is the same, so that what has begun is not judged again.
    """
    if for_run is None:
        return
    published = await get_run(uow, for_run)
    run.status, run.remote_id = published.status, published.remote_id
    names = {(session.start_at, session.end_at): session.remote_id for session in published.sessions}
    for session in run.sessions:
        session.remote_id = names.get((session.start_at, session.end_at))


def _broken_rules(planned: Planned) -> list[FieldError]:
    run, course, policy = planned.run, planned.course, planned.policy
    rules: list[Callable[[], None]] = [
        lambda: judge_size(run, course, policy, may_override=True),  # who may override is asked when it is saved
        run.judge_dates,
        lambda: run.judge_slots(course, policy, planned.slots),
    ]
    found: list[FieldError] = []
    for judge in rules:
        try:
            judge()
        except Invalid as broken:
            found += broken.fields
    return [*found, *_overlaps(run)]


def _overlaps(run: CourseRun) -> Iterator[FieldError]:
    """Sessions of this very run that share time."""
    by_start = sorted(enumerate(run.sessions), key=lambda placed: placed[1].start_at)
    for (number, first), (place, second) in pairwise(by_start):
        if second.start_at < first.end_at:
            message = f"It begins before session {number + 1} has ended."
            yield FieldError(f"sessions.{place}.start_at", "overlap", message, "Choose another time.")


async def _clashes(uow: UnitOfWork, run: CourseRun, *, outside_run: UUID) -> list[ClashView]:
    """For each session and each of its people and its room, the first session elsewhere that has them."""
    found: list[ClashView] = []
    for place, session in enumerate(run.sessions):
        wanted: list[tuple[Kind, UUID]] = [("trainer", trainer_id) for trainer_id in session.trainer_ids]
        wanted += [("venue", session.venue_id)] if session.venue_id else []
        for kind, owner_id in wanted:
            find = find_trainer_booking if kind == "trainer" else find_venue_booking
            busy = await find(uow, owner_id, session.start_at, session.end_at, outside_run=outside_run)
            if busy is not None:
                found.append(_clash(place, kind, owner_id, busy))
    return found


def _clash(place: int, kind: Kind, owner_id: UUID, busy: Booking) -> ClashView:
    times = {"start_at": busy.start_at, "end_at": busy.end_at}
    return ClashView(session=place, kind=kind, owner_id=owner_id, run_id=busy.run_id, **times)


def _each_once(found: list[FieldError]) -> list[FieldError]:
    """Ours and TPGateway's rules overlap: one finding for a field and code."""
    return list({(each.field, each.code): each for each in found}.values())
