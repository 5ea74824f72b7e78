"""What Postgres itself refuses, whoever asks: proven by SQL that goes round all of our code."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.database.migrations import differences
from libs.testing.databases import MakeDatabase
from services.enrolment.main import enrolment as service
from services.enrolment.models.model import Model
from services.enrolment.tests.conftest import World, ok


async def refused(world: World, statement: str) -> str:
    """What the database says to one statement that it must not take."""
    with pytest.raises(DBAPIError) as error:
        async with world.stage.runtime.engine.begin() as connection:
            await connection.execute(text(statement))
    return str(error.value.orig)


async def test_migrations_and_models_tell_the_same_story(service_database: MakeDatabase) -> None:
    assert await differences(await service_database(service), Model.metadata) == []


SEATS = [
    ("confirmed = 3", "run_seats_capacity_check"),
    ("confirmed = 2, offered = 1", "run_seats_capacity_check"),
    ("waitlisted = -1", "run_seats_counts_check"),
    ("planned = 3", "run_seats_planned_check"),
]
PLACES = [
    ("status = 'lost'", "enrolment_status_check"),
    ("status = 'waitlisted'", "enrolment_queued_check"),
    ("status = 'offered'", "enrolment_offer_check"),
    ("sponsorship = 'EMPLOYER'", "enrolment_employer_check"),
    ("seated_from = null", "enrolment_seated_check"),
    ("nett_fee_cents = full_fee_cents + 1", "enrolment_fees_check"),
    ("balance_cents = -1", "enrolment_fees_check"),
    ("fee_status = 'late'", "enrolment_fee_status_check"),
    ("policy_version = 99", "enrolment_policy_version_fkey"),
    ("replaces = id", "enrolment_not_itself_check"),
    ("submitted_at = null", "cannot be forgotten"),
    ("run_id = gen_random_uuid()", "never change"),
]


async def test_seats_are_never_given_twice(world: World) -> None:
    await world.run(seats=2)

    for change, constraint in SEATS:
        assert constraint in await refused(world, f"update enrolment.run_seats set {change}")  # noqa: S608 - the table above


async def test_an_enrolment_that_breaks_a_rule_cannot_be_stored(world: World) -> None:
    await world.placed(await world.run())

    for change, constraint in PLACES:
        assert constraint in await refused(world, f"update enrolment.enrolment set {change}")  # noqa: S608 - the table above


async def test_what_was_submitted_is_never_deleted(world: World) -> None:
    await world.placed(await world.run())

    assert "never deleted" in await refused(world, "delete from enrolment.enrolment")


@pytest.mark.parametrize(
    "statement", ["update enrolment.fee_entry set amount_cents = 1", "delete from enrolment.fee_entry"]
)
async def test_money_once_booked_stays_booked(world: World, statement: str) -> None:
    await ok(world.act(await world.placed(await world.run(), full_fee="10"), "fee", amount="5"))

    assert "never changed" in await refused(world, statement)


async def test_two_active_enrolments_of_one_trainee_on_one_run_cannot_be_stored(world: World) -> None:
    run_id, trainee = await world.run(), await world.trainee()
    await ok(world.act(await world.draft(run_id, trainee), "cancel"))
    await world.draft(run_id, trainee)

    broken = await refused(world, "update enrolment.enrolment set status = 'draft'")

    assert "enrolment_one_active_key" in broken
