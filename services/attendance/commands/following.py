"""What course says of runs and courses, and enrolment of seats, becomes the projections; and moves lines and rates."""

from uuid import UUID

from libs.contracts.course import CourseEvent, RunEvent, SessionStatus
from libs.contracts.enrolment import EnrolmentEvent
from libs.database.unit_of_work import UnitOfWork
from services.attendance.commands.rating import refresh_rates
from services.attendance.commands.seating import move_lines, refresh_lines
from services.attendance.models.run import (
    TRAINS,
    ClassSession,
    CourseTerms,
    Run,
    RunAccount,
    known_of,
    session_known_of,
)
from services.attendance.models.seat import Seat, seat_known_of
from services.attendance.queries.policy import policy_in_force
from services.attendance.queries.runs import forget_accounts, lock_run, run_ids_of_course, sessions_by_id, sessions_of
from services.attendance.queries.sheets import sheets_of


async def follow_run(uow: UnitOfWork, event: RunEvent) -> None:
    """Keep the run with its sessions and people as they stand now.

    Goes by the state told, not by the kind of event: when newer words overtake older ones, nothing is missed.
    """
    if await uow.find(Run, event.run_id) is None:
        uow.add(Run(id=event.run_id, **known_of(event.run)))
        await uow.session.flush()
    run = await lock_run(uow, event.run_id)
    run.follow(event.run)
    await _follow_sessions(uow, event)
    await _link_accounts(uow, event)
    await _follow_sheets(uow, run)
    await refresh_rates(uow, run)


async def follow_course(uow: UnitOfWork, event: CourseEvent) -> None:
    """Keep how much of the course must be attended; rates are judged by it anew."""
    required, funded = event.course.min_attendance_pct, event.course.funded
    terms = await uow.find(CourseTerms, event.course_id)
    if terms is None:
        uow.add(CourseTerms(course_id=event.course_id, required_pct=required, funded=funded))
    else:
        terms.funded = funded
        if terms.required_pct == required:
            return
        terms.required_pct = required
    await uow.session.flush()
    for run_id in await run_ids_of_course(uow, event.course_id):
        await refresh_rates(uow, await lock_run(uow, run_id))


async def follow_enrolment(uow: UnitOfWork, event: EnrolmentEvent) -> None:
    """Keep who holds a seat and since when. Sheets gain who joins; nobody's attendance is lost when they leave."""
    fact = event.enrolment
    run = await lock_run(uow, fact.run_id) if await uow.find(Run, fact.run_id) else None
    seat, moved = await uow.find(Seat, event.enrolment_id), True
    if seat is None:
        seat = Seat(id=event.enrolment_id, **seat_known_of(fact))
        uow.add(seat)
    else:
        moved = seat.follow(fact)
    await uow.session.flush()
    if run is None or seat.seated_from is None or not moved:
        return
    if seat.replaces is not None:
        await move_lines(uow, seat.replaces, seat)
    sheets = await sheets_of(uow, run.id)
    sessions = await sessions_by_id(uow, (sheet.id for sheet in sheets))
    for sheet in sheets:
        await refresh_lines(uow, sessions[sheet.id])
    await refresh_rates(uow, run, {seat.id} | ({seat.replaces} if seat.replaces else set()))


async def _follow_sessions(uow: UnitOfWork, event: RunEvent) -> None:
    known = {session.id: session for session in await sessions_of(uow, event.run_id)}
    for fact in event.run.sessions:
        session = known.pop(fact.session_id, None)
        if session is None:
            uow.add(ClassSession(id=fact.session_id, run_id=event.run_id, **session_known_of(fact)))
        else:
            session.follow(fact)
    for gone in known.values():
        gone.status = SessionStatus.CANCELLED
    await uow.session.flush()


async def _link_accounts(uow: UnitOfWork, event: RunEvent) -> None:
    await forget_accounts(uow, event.run_id)
    teaches: dict[UUID, bool] = {}
    for link in event.run.trainers:
        if link.user_id is not None:
            teaches[link.user_id] = teaches.get(link.user_id, False) or TRAINS in link.roles
    for user_id, trains in sorted(teaches.items()):
        uow.add(RunAccount(run_id=event.run_id, user_id=user_id, teaches=trains))
    await uow.session.flush()


async def _follow_sheets(uow: UnitOfWork, run: Run) -> None:
    """A session that was moved moves its sheet's end with it, and may have other people."""
    sheets = await sheets_of(uow, run.id)
    if not sheets:
        return
    policy = await policy_in_force(uow)
    sessions = await sessions_by_id(uow, (sheet.id for sheet in sheets))
    for sheet in sheets:
        session = sessions[sheet.id]
        if not sheet.locked:
            sheet.lock_due_at = max(sheet.lock_due_at, session.end_at + policy.lock_after)
        await refresh_lines(uow, session)
