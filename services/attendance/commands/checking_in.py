"""People check themselves in: by a personal pass and the code on the room's screen."""

import secrets
from collections.abc import Container, Sequence
from uuid import UUID

from libs.contracts.attendance import DeviceShared, MarkState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.telemetry.context import current, entered
from services.attendance.commands.registers import Register, at_register
from services.attendance.errors import CheckInClosed, CodeExpired, SessionCancelled, UnknownPass
from services.attendance.models.attendance import Attendance
from services.attendance.models.check_in import CheckIn, CheckInPass
from services.attendance.models.run import ClassSession
from services.attendance.queries.check_ins import check_ins_of, holder_of
from services.attendance.queries.policy import policy_in_force
from services.attendance.queries.runs import Scope, get_run
from services.attendance.queries.seats import ever_seated
from services.attendance.schemas.check_in import CheckInAnswer, CheckInOutcome, CheckInWish, PassesWish, PassView
from services.attendance.tokens import Fingerprints, digest_of_device, digest_of_pass, fits

PASS_BYTES = 24
THERE = frozenset({MarkState.CHECKED_IN, MarkState.PRESENT})


async def issue_passes(
    uow: UnitOfWork, wish: PassesWish, vault: Fingerprints, *, scope: Scope | None
) -> Sequence[PassView]:
    """New passes; those before end. Each is told as an event, and itself stands nowhere but in the answer."""
    await get_run(uow, wish.run_id, scope=scope)
    seats = {seat.id: seat for seat in await ever_seated(uow, wish.run_id)}
    wanted = wish.enrolment_ids or [each.id for each in seats.values() if each.seated_until is None]
    return [await _issue(uow, enrolment_id, wish.run_id, seats.keys(), vault) for enrolment_id in sorted(set(wanted))]


async def _issue(
    uow: UnitOfWork, enrolment_id: UUID, run_id: UUID, known: Container[UUID], vault: Fingerprints
) -> PassView:
    if enrolment_id not in known:
        raise NotFound("enrolment", enrolment_id)
    secret = secrets.token_urlsafe(PASS_BYTES)
    held = await uow.find(CheckInPass, enrolment_id, for_update=True)
    if held is None:
        held = CheckInPass(enrolment_id=enrolment_id, digest=b"", issued_at=uow.now(), issued_by="")
        uow.add(held)
    held.digest, held.issued_at, held.issued_by = digest_of_pass(secret, vault), uow.now(), current().actor_id
    uow.emit(held.issued(run_id))
    return PassView(enrolment_id=enrolment_id, personal_pass=secret)


async def check_in(uow: UnitOfWork, wish: CheckInWish, vault: Fingerprints) -> CheckInAnswer:
    """Note that somebody is in the room. Too early is no error: the answer says when to come back.

    Raises CodeExpired, UnknownPass and CheckInClosed. Whoever knows neither code nor pass learns nothing from it.
    """
    now = uow.now()
    session = await uow.find(ClassSession, wish.session_id)
    if session is None or not fits(wish.code, wish.session_id, now, vault):
        raise CodeExpired
    enrolment_id = await holder_of(uow, digest_of_pass(wish.personal_pass, vault))
    if enrolment_id is None:
        raise UnknownPass
    if session.cancelled:
        raise SessionCancelled(session.id)
    policy = await policy_in_force(uow)
    opens_at, closes_at = session.start_at - policy.early, session.start_at + policy.close
    if now < opens_at:
        return CheckInAnswer(outcome=CheckInOutcome.WAIT, opens_at=opens_at, closes_at=closes_at)
    if now > closes_at:
        raise CheckInClosed(closes_at)
    with entered(current().acting(str(enrolment_id), "trainee")):
        async with at_register(uow, session.id) as register:
            line = register.lines.get(enrolment_id)
            if line is None or not line.seated:
                raise UnknownPass
            outcome = await _note(register, line, digest_of_device(wish.device, session.id, vault))
    return CheckInAnswer(outcome=outcome, opens_at=opens_at, closes_at=closes_at, state=line.state)


async def _note(register: Register, line: Attendance, device: bytes) -> CheckInOutcome:
    """Once is enough; what a trainer judged meanwhile stands. A device that comes twice is pointed out."""
    uow, session = register.uow, register.session
    if line.state in THERE:
        return CheckInOutcome.ALREADY
    event = line.check_in(uow.now())
    register.record(line, event)
    others = [each for each in await check_ins_of(uow, session.id) if each.device == device]
    uow.add(CheckIn(session_id=session.id, enrolment_id=line.enrolment_id, at=uow.now(), device=device))
    if others:
        uow.emit(DeviceShared(attendance_id=line.id, session_id=session.id, run_id=register.run.id))
    return CheckInOutcome.CHECKED_IN
