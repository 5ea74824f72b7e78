"""Devices that were offline are heard in any order, any number of times: the sheet is the same."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from libs.contracts.attendance import MarkMethod, MarkState
from libs.database.unit_of_work import UnitsOfWork
from libs.telemetry.context import Context, entered
from services.attendance.commands.marking import Marker, mark
from services.attendance.models.attendance import Attendance
from services.attendance.models.judgement import Judgement
from services.attendance.models.precedence import Care, Precedence
from services.attendance.models.run import ClassSession
from services.attendance.schemas.mark import MarksWish
from services.attendance.tests.builders import HOUR, IDS, START, session
from services.attendance.tests.conftest import World

SHEET = """select enrolment_id, state, note, minutes_credited, method, rank_made_at
    from attendance.attendance where session_id = :id"""
SPREAD = timedelta(minutes=3)


def operation(person: str, state: str, minute: int, *, seen: int = 0, **given: Any) -> dict[str, Any]:
    made_at = START + timedelta(minutes=minute)
    words = {"operation_id": str(IDS.new()), "made_at": made_at.isoformat(), "base_revision": seen}
    return {"enrolment_id": person, "state": state, **words, **given}


async def test_duplicates_change_nothing_and_the_later_one_counts(world: World) -> None:
    first = session()
    _, (person,) = await world.class_of(1, first)
    absent, present = operation(person, "absent", 5), operation(person, "present", 9, note="late")

    one = await world.mark(first.session_id, present)
    two = await world.mark(first.session_id, absent, present)
    three = await world.mark(first.session_id, absent)

    assert [each["outcome"] for each in one + two + three] == ["applied", "superseded", "duplicate", "duplicate"]
    line = await world.line(first.session_id, person)
    assert (line["state"], line["note"], len(line["revisions"])) == ("present", "late", 1)
    assert line["revisions"][0]["made_at"].startswith("2026-03-02T01:09")


async def test_who_had_seen_more_outranks_a_clock_that_is_ahead(world: World) -> None:
    first = session()
    _, (person,) = await world.class_of(1, first)
    (seen,) = await world.mark(first.session_id, (person, "absent"))

    blind = operation(person, "present", 59)
    knowing = operation(person, "present", 1, seen=seen["revision"])
    outcomes = [await world.mark(first.session_id, each) for each in (blind, knowing)]

    assert [each[0]["outcome"] for each in outcomes] == ["superseded", "applied"]


async def test_an_operation_is_judged_by_when_it_was_made(world: World) -> None:
    first = session()
    _, (person,) = await world.class_of(1, first)

    before, future = operation(person, "present", -1), operation(person, "present", 66)
    outcomes = await world.mark(first.session_id, before, future)

    assert [(each["outcome"], each["code"]) for each in outcomes] == [
        ("refused", "session_not_begun"),
        ("refused", "wrong_words"),
    ]


async def test_what_was_refused_may_come_again(world: World) -> None:
    first = session()
    _, (person,) = await world.class_of(1, first)
    await world.turn(first.session_id, "lock")
    kept = operation(person, "present", 5)

    locked = await world.mark(first.session_id, kept)
    await world.turn(first.session_id, "unlock", reason="the trainer's phone was offline")
    merged = await world.mark(first.session_id, kept)

    assert [locked[0]["outcome"], merged[0]["outcome"]] == ["refused", "applied"]


async def test_the_whole_room_offline_gives_way_to_single_lines_in_either_order(world: World) -> None:
    sessions = [session(), session(2, start=START - 5 * HOUR)]
    _, people = await world.class_of(3, *sessions)
    for each, first_room in zip(sessions, (True, False), strict=True):
        single = operation(people[1], "absent", 2)
        made_at = START + 4 * timedelta(minutes=1)
        whole = {"all_present": True, "operation_id": str(IDS.new()), "made_at": made_at.isoformat()}
        steps = [
            lambda w=whole, s=each: world.mark(s.session_id, **w),
            lambda o=single, s=each: world.mark(s.session_id, o),
        ]
        for step in steps if first_room else reversed(steps):
            await step()

    states = [await world.states(each.session_id) for each in sessions]

    assert states[0] == states[1] == {people[0]: "present", people[1]: "absent", people[2]: "present"}


# ------------------------------------------------------------------------------------------- in any order


minutes = st.integers(min_value=0, max_value=3)
bases = st.integers(min_value=0, max_value=3)
wishes = st.tuples(
    st.sampled_from([Care.ROOM, Care.PERSON]),
    st.sampled_from([(MarkState.PRESENT, 240), (MarkState.PRESENT, 90), (MarkState.ABSENT, 0)]),
    minutes,
    bases,
)


def merged(operations: list[Judgement]) -> Any:
    """What one line becomes, as the command merges it."""
    spot = ClassSession(
        id=IDS.new(), run_id=IDS.new(), sequence=1, start_at=START, end_at=START + 4 * HOUR, mode_of_training="1"
    )
    keys: dict[str, Any] = dict.fromkeys(
        ("id", "session_id", "run_id", "enrolment_id", "trainee_id", "correlation_id"), UUID(int=1)
    )
    line = Attendance(**keys, created_by="somebody", updated_by="somebody", state=MarkState.UNMARKED)
    for each in operations:
        if line.precedence is None or each.precedence > line.precedence:
            line.judge(each, spot)
            assert line.mark_revision > each.precedence.base_revision  # what is said next, with it in view, outranks it
    return line.state, line.minutes_credited, line.note, line.precedence


@settings(max_examples=120, deadline=None)
@given(st.lists(wishes, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_any_order_and_any_number_of_times_is_the_same_line(drawn: list[Any], chance: Any) -> None:
    operations = [
        Judgement(
            state=state,
            minutes=credited,
            note=None,
            method=MarkMethod.TRAINER,
            by="somebody",
            at=START + HOUR,
            precedence=Precedence(care, base, START + minute * SPREAD, UUID(int=number)),
        )
        for number, (care, (state, credited), minute, base) in enumerate(drawn, start=1)
    ]
    shuffled = operations * 2
    chance.shuffle(shuffled)

    assert merged(shuffled) == merged(operations)


async def test_on_a_real_database_the_sheet_is_the_same_in_any_order(world: World) -> None:
    """The same operations of three devices, sent in shuffled and repeated pieces to one run after another."""
    units = world.stage.units

    async def replay(people: list[str], session_id: UUID, pieces: list[list[dict[str, Any]]]) -> list[Any]:
        for piece in pieces:
            with entered(Context(correlation_id=IDS.new())):
                async with units.begin() as uow:
                    wish = MarksWish.model_validate({"session_id": str(session_id), "lines": piece})
                    await mark(uow, wish, Marker(None, may_correct=False))
        return await _sheet(units, session_id, people)

    loop = asyncio.get_running_loop()

    @settings(
        max_examples=6, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
        database=None,
    )  # fmt: skip
    @given(
        drawn=st.lists(st.tuples(st.integers(0, 2), wishes), min_size=2, max_size=8),
        order=st.randoms(use_true_random=False),
    )
    def play(drawn: list[Any], order: Any) -> None:
        async def once() -> None:
            results = []
            made = [
                {
                    "who": who,
                    "state": state.value,
                    "minutes_credited": credited or None,
                    "operation_id": str(IDS.new()),
                    "made_at": (START + minute * SPREAD).isoformat(),
                    "base_revision": base,
                }
                for who, (_, (state, credited), minute, base) in drawn
            ]
            for shuffle in (False, True):
                here = session()
                _, people = await world.class_of(3, here)
                lines = [
                    {**{k: v for k, v in each.items() if k != "who"}, "enrolment_id": people[each["who"]]}
                    for each in made
                ]
                pieces = [[line] for line in lines * (2 if shuffle else 1)]
                if shuffle:
                    order.shuffle(pieces)
                results.append(await replay(people, here.session_id, pieces))
            assert results[0] == results[1]

        asyncio.run_coroutine_threadsafe(once(), loop).result()

    await asyncio.to_thread(play)


async def _sheet(units: UnitsOfWork, session_id: UUID, people: list[str]) -> list[Any]:
    """What stands on it, person by person, without what is this run's own."""
    async with units.reading() as uow:
        rows = (await uow.session.execute(text(SHEET), {"id": session_id})).all()
    by_person = {str(row[0]): tuple(row[1:]) for row in rows}
    return [by_person[person] for person in people]
