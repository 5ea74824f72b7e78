"""What Postgres itself refuses, whoever asks: proven by SQL that goes round all of our code."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.database.migrations import differences
from libs.testing.databases import MakeDatabase
from services.course.main import course as service
from services.course.models.model import Model
from services.course.tests.builders import IDS, RUN_STARTS, singapore
from services.course.tests.conftest import World

START, END = singapore(RUN_STARTS, 9), singapore(RUN_STARTS, 12)
HOUR = timedelta(hours=1)


async def run_sql(world: World, *statements: tuple[str, dict[str, Any]]) -> None:
    """Several statements in one transaction."""
    async with world.stage.runtime.engine.begin() as connection:
        for statement, values in statements:
            await connection.execute(text(statement), values)


def session_row(run_id: str, **given: Any) -> tuple[str, dict[str, Any]]:
    """An INSERT of one session."""
    row = {
        "id": IDS.new(),
        "created_at": START,
        "created_by": "test",
        "updated_at": START,
        "updated_by": "test",
        "correlation_id": IDS.new(),
        "run_id": UUID(run_id),
        "sequence": 90 + int(given.pop("number", 0)),
        "status": "planned",
        "start_at": START,
        "end_at": END,
        "mode_of_training": "1",
        "is_makeup": False,
        "attendance_taken": False,
        **given,
    }
    names = ", ".join(row)
    return f"insert into course.session ({names}) values ({', '.join(f':{name}' for name in row)})", row  # noqa: S608 - fixed names


def booking_row(session: dict[str, Any], trainer_id: UUID, **given: Any) -> tuple[str, dict[str, Any]]:
    row = {"session_id": session["id"], "trainer_id": trainer_id, "start_at": START, "end_at": END, "status": "planned"}
    insert = """insert into course.session_trainer (session_id, trainer_id, start_at, end_at, status)
        values (:session_id, :trainer_id, :start_at, :end_at, :status)"""
    return insert, {**row, **given}


async def two_drafts(world: World) -> tuple[str, str]:
    return (await world.draft(0, sessions=[]))["id"], (await world.draft(0, sessions=[]))["id"]


def broken(refused: pytest.ExceptionInfo[DBAPIError]) -> str:
    return str(refused.value.orig)


async def test_migrations_and_models_tell_the_same_story(service_database: MakeDatabase) -> None:
    assert await differences(await service_database(service), Model.metadata) == []


async def test_sessions_of_one_run_do_not_overlap(world: World) -> None:
    run, _ = await two_drafts(world)

    with pytest.raises(DBAPIError) as refused:
        await run_sql(world, session_row(run), session_row(run, number=1, start_at=END - HOUR, end_at=END + HOUR))

    assert "session_run_overlap" in broken(refused)


async def test_a_room_holds_one_session_at_a_time(world: World) -> None:
    one, other = await two_drafts(world)

    with pytest.raises(DBAPIError) as refused:
        await run_sql(world, *(session_row(run, venue_id=world.venue_id) for run in (one, other)))

    assert "session_venue_overlap" in broken(refused)


async def test_a_trainer_is_in_one_place_at_a_time(world: World) -> None:
    one, other = await two_drafts(world)
    rows = [session_row(one), session_row(other)]

    with pytest.raises(DBAPIError) as refused:
        await run_sql(world, *rows, *(booking_row(row, world.trainer_id) for _, row in rows))

    assert "session_trainer_overlap" in broken(refused)


@pytest.mark.parametrize(
    "given", [{"start_at": END, "end_at": END + HOUR}, {"status": "cancelled"}], ids=["back to back", "cancelled"]
)
async def test_touching_and_cancelled_sessions_are_no_overlap(world: World, given: dict[str, Any]) -> None:
    one, other = await two_drafts(world)
    first, second = session_row(one, venue_id=world.venue_id), session_row(other, venue_id=world.venue_id, **given)

    await run_sql(
        world, first, second, booking_row(first[1], world.trainer_id), booking_row(second[1], world.trainer_id, **given)
    )


async def test_sessions_may_change_places_within_one_transaction(world: World) -> None:
    run, _ = await two_drafts(world)
    first = session_row(run, venue_id=world.venue_id)
    second = session_row(run, number=1, venue_id=world.venue_id, start_at=END, end_at=END + HOUR * 3)
    await run_sql(world, first, second)
    move = "update course.session set start_at = :start_at, end_at = :end_at where id = :id"

    await run_sql(
        world,
        (move, {"id": first[1]["id"], "start_at": END, "end_at": END + HOUR * 3}),
        (move, {"id": second[1]["id"], "start_at": START, "end_at": END}),
    )


async def test_a_booking_follows_its_session(world: World) -> None:
    run, _ = await two_drafts(world)
    session = session_row(run)
    await run_sql(world, session, booking_row(session[1], world.trainer_id))

    await run_sql(
        world,
        (
            "update course.session set start_at = :at, status = 'held' where id = :id",
            {"at": START - HOUR, "id": session[1]["id"]},
        ),
    )

    async with world.stage.runtime.engine.connect() as connection:
        row = (await connection.execute(text("select start_at, status from course.session_trainer"))).one()
    assert (row.start_at, row.status) == (START - HOUR, "held")


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"end_at": START}, "session_ordered_check"),
        ({"mode_of_training": "9"}, "session_online_has_no_room_check"),
        ({"mode_of_training": "7x"}, "session_mode_of_training_check"),
        ({"status": "gone"}, "session_status_check"),
        ({"makeup_for": UUID(int=1)}, "session_makeup_check"),
    ],
)
async def test_a_session_that_breaks_a_rule_cannot_be_stored(
    world: World, given: dict[str, Any], constraint: str
) -> None:
    run, _ = await two_drafts(world)

    with pytest.raises(DBAPIError) as refused:
        await run_sql(world, session_row(run, venue_id=world.venue_id, **given))

    assert constraint in broken(refused)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("registered_count = -1", "course_run_seats_taken_check"),
        ("intake_size = 0", "course_run_seats_check"),
        ("min_pax = 21", "course_run_seats_check"),
        ("start_on = end_on + 1", "course_run_dates_ordered_check"),
        ("registration_opens_on = registration_closes_on + 1", "course_run_dates_ordered_check"),
        ("status = 'lost'", "course_run_status_check"),
        ("vacancy = 'Z'", "course_run_vacancy_check"),
        ("policy_version = 99", "course_run_policy_version_fkey"),
    ],
)
async def test_a_run_that_breaks_a_rule_cannot_be_stored(world: World, change: str, constraint: str) -> None:
    await world.draft(0, sessions=[])

    with pytest.raises(DBAPIError) as refused:
        await run_sql(world, (f"update course.course_run set {change}", {}))  # noqa: S608 - cases of the table above

    assert constraint in broken(refused)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("delete from course.course_run", "never deleted"),
        ("update course.course_run set course_reference = 'TGS-2026999999'", "never changes"),
        ("update course.course_run set submitted_at = null", "cannot be forgotten"),
    ],
)
async def test_a_submitted_run_is_kept_as_it_was_submitted(world: World, statement: str, words: str) -> None:
    await world.published()

    with pytest.raises(DBAPIError) as refused:
        await run_sql(world, (statement, {}))

    assert words in broken(refused)


@pytest.mark.parametrize(
    "statement",
    ["update course.session set start_at = start_at - interval '1 hour'", "delete from course.session"],
)
async def test_a_session_with_attendance_stays(world: World, statement: str) -> None:
    await world.published(1)
    await run_sql(world, ("update course.session set attendance_taken = true", {}))

    with pytest.raises(DBAPIError) as refused:
        await run_sql(world, (statement, {}))

    assert "neither moved nor removed" in broken(refused)
