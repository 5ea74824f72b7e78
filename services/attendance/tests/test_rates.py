"""Rates in whole minutes: against a plain recount, and as events that say only what is new."""

from datetime import timedelta
from fractions import Fraction
from itertools import product
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.course import RunStatus, SessionFact, SessionStatus
from services.attendance.models.rate import figures_of
from services.attendance.models.run import ClassSession
from services.attendance.tests.builders import HOUR, START, course_event, held, session
from services.attendance.tests.conftest import API, World, ok

STATUS = st.sampled_from([SessionStatus.HELD, SessionStatus.HELD, SessionStatus.PLANNED, SessionStatus.CANCELLED])


@st.composite
def a_run(draw: Any) -> tuple[list[ClassSession], dict[UUID, int], int]:
    """Some sessions, some of them make-ups, and what somebody was credited for each."""
    sessions: list[ClassSession] = []
    for number in range(draw(st.integers(1, 6))):
        makeup = number > 0 and draw(st.booleans())
        target = draw(st.sampled_from([None, *range(number)])) if makeup else None
        length = draw(st.sampled_from([30, 60, 240]))
        sessions.append(
            ClassSession(
                id=UUID(int=number + 1),
                run_id=UUID(int=99),
                sequence=number,
                start_at=START,
                end_at=START + timedelta(minutes=length),
                mode_of_training=draw(st.sampled_from(["1", "1", "8"])),
                status=draw(STATUS),
                is_makeup=makeup,
                makeup_for=None if target is None else UUID(int=target + 1),
            )
        )
    credited = {each.id: draw(st.integers(0, each.minutes)) for each in sessions if each.held and draw(st.booleans())}
    return sessions, credited, draw(st.sampled_from([0, 50, 75, 100]))


def recounted(sessions: list[ClassSession], credited: dict[UUID, int], *, future: bool) -> int:
    """Minute by minute: each missed minute may be made up once."""
    counts = [each for each in sessions if not each.cancelled and each.mode_of_training != "8"]
    counts = [each for each in counts if future or each.held]
    full = {each.id: each.minutes if not each.held else credited.get(each.id, 0) for each in counts}
    regular = {each.id: set(range(each.minutes)) for each in counts if not each.is_makeup}
    got = {key: set(range(full[key])) for key in regular}
    spare = 0
    for each in counts:
        if not each.is_makeup:
            continue
        if each.makeup_for is None:
            spare += full[each.id]
            continue
        for _ in range(full[each.id]):
            missed = regular.get(each.makeup_for, set()) - got.get(each.makeup_for, set())
            if missed:
                got[each.makeup_for].add(min(missed))
    missing = sum(len(regular[key] - got[key]) for key in regular)
    return sum(map(len, got.values())) + min(spare, missing)


@settings(max_examples=120, deadline=None)
@given(a_run())
def test_figures_are_those_of_a_plain_recount(drawn: tuple[list[ClassSession], dict[UUID, int], int]) -> None:
    sessions, credited, pct = drawn
    counts = [e for e in sessions if not e.cancelled and e.mode_of_training != "8" and not e.is_makeup]
    scheduled = sum(each.minutes for each in counts)
    held_minutes = sum(each.minutes for each in counts if each.held)

    figures = figures_of(sessions, credited, required_pct=pct, over=True)

    got, best = recounted(sessions, credited, future=False), recounted(sessions, credited, future=True)
    assert (figures.credited_minutes, figures.held_minutes, figures.scheduled_minutes) == (got, held_minutes, scheduled)
    assert figures.met == (held_minutes == 0 or Fraction(got, held_minutes) >= Fraction(pct, 100))
    assert figures.reachable == (scheduled == 0 or Fraction(best, scheduled) >= Fraction(pct, 100))
    assert got <= held_minutes <= scheduled
    assert not (figures.complete and any(e.status is SessionStatus.PLANNED for e in counts))


@settings(max_examples=80, deadline=None)
@given(a_run())
def test_at_risk_is_when_one_more_absence_ends_it(drawn: tuple[list[ClassSession], dict[UUID, int], int]) -> None:
    sessions, credited, pct = drawn
    figures = figures_of(sessions, credited, required_pct=pct, over=False)
    ahead = [e for e in sessions if e.status is SessionStatus.PLANNED and e.mode_of_training != "8"]

    def without(missed: ClassSession) -> bool:
        times = ("id", "run_id", "sequence", "start_at", "end_at", "mode_of_training", "is_makeup", "makeup_for")
        over = [
            ClassSession(**{name: getattr(e, name) for name in times}, status=SessionStatus.HELD) if e is missed else e
            for e in sessions
        ]
        return figures_of(over, credited, required_pct=pct, over=False).reachable

    missed_some = figures.credited_minutes < figures.held_minutes
    expected = figures.reachable and missed_some and not all(without(each) for each in ahead)
    assert figures.at_risk == expected


# ------------------------------------------------------------------------------------------- as events


async def hold(world: World, run_id: UUID, sessions: list[SessionFact], upto: int, **given: Any) -> None:
    """The first sessions are over."""
    now = [held(each) if number < upto else each for number, each in enumerate(sessions)]
    await world.run(*now, run_id=run_id, **given)


async def rate(world: World, run_id: UUID, person: str) -> Any:
    found = (await ok(world.ops.get(f"{API}/rates", params={"run_id": str(run_id)})))["items"]
    return next(each for each in found if each["enrolment_id"] == person)


async def test_a_rate_is_told_when_it_changes_and_only_then(world: World) -> None:
    sessions = [session(number + 1, start=START - number * 5 * HOUR) for number in range(4)]
    run_id, (person,) = await world.class_of(1, *sessions)
    await world.mark(sessions[0].session_id, (person, "present"))
    during = (await world.told()).count("attendance_rate.changed")
    await hold(world, run_id, sessions, 1)
    once = (await world.told()).count("attendance_rate.changed")
    await hold(world, run_id, sessions, 1)
    await hold(world, run_id, sessions, 1, status=RunStatus.IN_PROGRESS)

    assert (during, once, (await world.told()).count("attendance_rate.changed")) == (0, 1, 1)
    event = await world.last("attendance_rate.changed")
    assert {
        name: event[name] for name in ("credited_minutes", "held_minutes", "scheduled_minutes", "required_pct")
    } == {
        "credited_minutes": 240,
        "held_minutes": 240,
        "scheduled_minutes": 960,
        "required_pct": 75,
    }
    assert (event["met"], event["reachable"], event["complete"]) == (True, True, False)


async def test_one_absence_is_a_warning_and_the_second_ends_it(world: World) -> None:
    sessions = [session(number + 1, start=START - number * 5 * HOUR) for number in range(4)]
    run_id, (person,) = await world.class_of(1, *sessions)
    seen = []
    for upto in (1, 2, 3):
        await hold(world, run_id, sessions, upto)
        below = [each.data["at_risk"] for each in await world.stage.told() if "below" in each.event_type]
        seen.append((below, (await rate(world, run_id, person))["reachable"]))

    assert seen == [([True], True), ([True, False], False), ([True, False], False)]
    assert (await world.told()).count("attendance_rate.below_threshold") == 2


async def test_corrections_voids_and_make_ups_count(world: World) -> None:
    sessions = [session(1), session(2, start=START - 5 * HOUR)]
    makeup = session(3, start=START - 10 * HOUR, is_makeup=True, makeup_for=sessions[1].session_id)
    assessment = session(4, start=START - 20 * HOUR, mode_of_training="8")
    everything = [*sessions, makeup, assessment]
    run_id, (person,) = await world.class_of(1, *everything)
    await hold(world, run_id, everything, 4, status=RunStatus.ENDED)
    credited = []

    async def note() -> None:
        credited.append((await rate(world, run_id, person))["credited_minutes"])

    await world.mark(sessions[0].session_id, (person, "present"))
    await note()
    await world.mark(makeup.session_id, (person, "present"))
    await note()
    await world.mark(assessment.session_id, (person, "present"))
    await note()
    line = await world.line(sessions[0].session_id, person)
    await ok(world.act(line, "void", reason="was in another room"))
    await note()

    assert credited == [240, 480, 480, 240]
    final = await rate(world, run_id, person)
    assert (final["scheduled_minutes"], final["complete"], final["met"]) == (480, True, False)


async def test_another_requirement_judges_anew(world: World) -> None:
    sessions = [session(1), session(2, start=START - 5 * HOUR)]
    run_id, (person,) = await world.class_of(1, *sessions)
    await world.mark(sessions[0].session_id, (person, "present"))
    await hold(world, run_id, sessions, 2)

    before = await rate(world, run_id, person)
    await world.hear(course_event(world.course_id, pct=50))
    after = await rate(world, run_id, person)

    assert [(each["required_pct"], each["met"]) for each in (before, after)] == [(75, False), (50, True)]


def test_integers_decide_at_the_edge() -> None:
    """Three of four is 75 in a hundred exactly, however the minutes fall."""
    for length, pct in product((7, 60, 241), (74, 75, 76)):
        sessions = [
            ClassSession(
                id=UUID(int=number + 1),
                run_id=UUID(int=9),
                sequence=number,
                start_at=START,
                end_at=START + timedelta(minutes=length),
                mode_of_training="1",
                status=SessionStatus.HELD,
            )
            for number in range(4)
        ]
        credited = {each.id: length for each in sessions[:3]}
        assert figures_of(sessions, credited, required_pct=pct, over=True).met is (pct <= 75)
