"""Many at once for few seats, on a real database: nobody is seated twice, nobody is lost, the queue is in order."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.database.engine import create_engine
from libs.database.model import lineage
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.privacy.personal import PersonalVault
from libs.telemetry.context import Context, entered
from libs.testing.people import nric, trainee_wish
from libs.web.turns import Turns
from services.enrolment.commands.confirming import confirm
from services.enrolment.commands.trainees import _columns, _words
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.trainee import Trainee
from services.enrolment.schemas.enrolment import OverrideWish
from services.enrolment.schemas.person import TraineeWish
from services.enrolment.tests.builders import NOW
from services.enrolment.tests.conftest import World

RUSH, SEATS = 500, 20


@pytest.fixture
async def wide(world: World) -> AsyncIterator[UnitsOfWork]:
    """As many connections as a small cluster of replicas would have."""
    runtime = world.stage.runtime
    url = runtime.settings.database_url.get_secret_value()
    engine = create_engine(url, application_name="rush", pool_size=40, max_overflow=0, pool_timeout_s=100)
    append = outbox_append("enrolment", "enrolment")
    yield UnitsOfWork(engine, clock=runtime.clock, ids=runtime.ids, append=append)
    await engine.dispose()


async def drafts(world: World, run_id: UUID, count: int) -> list[UUID]:
    """People put down for a run, all in one transaction."""
    vault = world.stage.runtime.vault
    people: list[UUID] = []
    made: list[UUID] = []
    async with world.stage.units.begin() as uow:
        for number in range(count):
            values, words = lineage(uow), _words(TraineeWish.model_validate(trainee_wish(number)))
            uow.add(Trainee(**values, **_columns(values["id"], words, set(words), vault)))
            people.append(values["id"])
        await uow.session.flush()
        for trainee_id in people:
            place: dict[str, Any] = {"run_id": run_id, "trainee_id": trainee_id, "sponsorship": "INDIVIDUAL"}
            enrolment = Enrolment(**lineage(uow), **place, enrolled_on=NOW.date(), policy_version=1)
            uow.add(enrolment)
            made.append(enrolment.id)
    return made


@pytest.mark.timeout(300)  # five hundred transactions one after the other, also on a machine that is busy
async def test_of_five_hundred_at_once_for_twenty_seats_exactly_twenty_are_seated(
    world: World, wide: UnitsOfWork
) -> None:
    run_id = await world.run(seats=SEATS)
    wanted = await drafts(world, run_id, RUSH)
    vault = world.stage.runtime.vault

    async def ask(enrolment_id: UUID) -> str:
        with entered(Context(correlation_id=world.stage.runtime.ids.new())):
            async with wide.begin() as uow:
                place = await confirm(
                    uow,
                    enrolment_id,
                    OverrideWish(),
                    version=1,
                    vault=PersonalVault(vault, uow, "enrolment"),
                    may_override=False,
                )
            return str(place.status)

    statuses = await asyncio.gather(*(ask(each) for each in wanted))

    assert Counter(statuses) == {"confirmed": SEATS, "waitlisted": RUSH - SEATS}
    assert await world.seats(run_id) == (SEATS, 0, RUSH - SEATS)
    async with world.stage.runtime.engine.connect() as connection:
        queue = await connection.execute(
            text("select waitlist_seq from enrolment.enrolment where status = 'waitlisted' order by waitlist_seq")
        )
        assert list(queue.scalars()) == list(range(1, RUSH - SEATS + 1))
    counted = [envelope for envelope in await world.stage.told() if envelope.event_type == "run_seats.counted"]
    assert [envelope.aggseq for envelope in counted] == list(range(1, RUSH + 1))
    assert [each.data["confirmed"] + each.data["waitlisted"] for each in counted] == list(range(1, RUSH + 1))


@pytest.mark.timeout(300)  # as above
async def test_through_http_a_rush_meets_no_error_and_is_in_nobody_s_way(world: World) -> None:
    """Given 500 confirmations of one run at once, each gets a seat or a place in the queue, and others are answered.

    The pool has 15 connections, for which nobody may wait longer than five seconds.
    """
    world.stage.app.state.turns = Turns(patience=timedelta(minutes=2))  # however slow the machine
    crowded, quiet = await world.run(seats=SEATS), await world.run(seats=1)
    wanted = await drafts(world, crowded, RUSH)
    elsewhere = await world.draft(quiet, await world.trainee(id_number=nric(RUSH + 1)))

    rush = asyncio.gather(*(world.act({"id": str(each), "version": 1}, "confirm") for each in wanted))
    while await world.seats(crowded) == (0, 0, 0):
        pass
    beside = [await world.act(elsewhere, "confirm"), await world.ops.get("/api/v1/enrolments?limit=5")]
    unfinished = not rush.done()
    answers = await rush

    assert unfinished
    assert [answer.status_code for answer in beside] == [200, 200]
    assert Counter(answer.status_code for answer in answers) == {200: RUSH}
    bodies = [answer.json() for answer in answers]
    assert Counter(body["status"] for body in bodies) == {"confirmed": SEATS, "waitlisted": RUSH - SEATS}
    queue = sorted(body["waitlist_seq"] for body in bodies if body["status"] == "waitlisted")
    assert queue == list(range(1, RUSH - SEATS + 1))
    assert await world.seats(crowded) == (SEATS, 0, RUSH - SEATS)


async def test_seats_changing_hands_in_both_directions_never_deadlock(world: World) -> None:
    here, there = await world.run(seats=7), await world.run(seats=7)
    places = [(await world.placed(run_id), other) for run_id, other in [(here, there), (there, here)] * 2]
    waiting = [await world.draft(run_id) for run_id in (here, there)]

    answers = await asyncio.gather(
        *(world.act(place, "transfer", run_id=str(other), reason="suits better") for place, other in places),
        *(world.act(draft, "confirm") for draft in waiting),
    )

    assert {answer.status_code for answer in answers} == {200}
    assert [sum(await world.seats(run_id)) for run_id in (here, there)] == [3, 3]
