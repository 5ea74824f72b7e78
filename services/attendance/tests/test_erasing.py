"""Attendance keeps marks, of nobody anyone knows: rows of files, passes and devices go with the person."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.access.permissions import Role
from libs.contracts.enrolment import TraineeErased
from libs.privacy.mask import ERASED
from libs.testing.people import nric
from libs.testing.residue import residue, sealed_with_own_keys
from services.attendance.handlers import forget_one_file
from services.attendance.tests.builders import IDS, seat_event, session
from services.attendance.tests.conftest import API, World, ok
from services.attendance.tests.test_imports import commit, judged, look, send, table

PERSON = nric(77)


def erased(enrolment_id: UUID, trainee_id: UUID) -> TraineeErased:
    return TraineeErased(trainee_id=trainee_id, revision=2, enrolment_ids=(enrolment_id,), policy_version=1)


def url_of(world: World) -> str:
    return str(world.stage.runtime.settings.database_url.get_secret_value())


async def a_class(world: World, people: int = 2) -> tuple[UUID, list[tuple[UUID, UUID]]]:
    """A run with one session, and who holds a seat on it: enrolments and people."""
    run_id = await world.run(session())
    seats = [(IDS.new(), IDS.new()) for _ in range(people)]
    for enrolment_id, trainee_id in seats:
        await world.hear(seat_event(run_id, enrolment_id, trainee_id))
        world.registry.person(run_id, enrolment_id, trainee_id)
    return run_id, seats


async def rows_with_cells(world: World) -> int:
    kept = await sealed_with_own_keys(url_of(world))
    return sum(where == "attendance.import_row.cells_sealed" for where, _ in kept)


async def test_everything_that_hints_at_the_person_goes_and_marks_stay(world: World) -> None:
    run_id, ((gone, person), (stays, _)) = await a_class(world)
    batch = await judged(world, table(f"1,{gone},{PERSON},present,,,", f"1,{stays},,present,,,"), run_id)
    async with world.stage.units.begin() as unit:
        for enrolment_id, device in ((gone, b"device-of-one"), (stays, b"device-of-two")):
            passes = "insert into attendance.check_in_pass values (:one, :device, now(), 'ops')"
            came = "insert into attendance.check_in select id, :one, now(), :device from attendance.session"
            for statement in (passes, came):
                await unit.session.execute(text(statement), {"one": enrolment_id, "device": device})

    await world.hear(erased(gone, person))
    await world.hear(erased(gone, person))
    batch = await look(world, batch)
    await ok(commit(world, batch))

    assert await residue(url_of(world), [b"device-of-one"]) == []
    assert await residue(url_of(world), [b"device-of-two"]) == [
        f"attendance.check_in: {b'device-of-two'.hex()}",
        f"attendance.check_in_pass: {b'device-of-two'.hex()}",
    ]
    done = await look(world, batch)
    assert (done["taken"], await rows_with_cells(world)) == (1, 0)
    left = await world.ops.post(f"{API}/imports/{batch['id']}/left-out")
    assert "erased" in left.text
    assert PERSON not in left.text
    assert (await world.told()).count("trainee_copies.erased") == 2


async def test_a_sheet_shows_that_nobody_is_known_any_more(world: World) -> None:
    run_id, ((gone, _), (stays, _)) = await a_class(world)
    nobody = {"full_name": ERASED, "id_masked": ERASED, "erased": True}
    known = world.registry.entries[run_id]
    known[0] = known[0].model_copy(update=nobody)
    auditor = await world.stage.client(Role.AUDITOR)
    async with world.stage.units.reading() as unit:
        found = await unit.session.execute(
            text("select id from attendance.session where run_id = :run"), {"run": run_id}
        )
        session_id = found.scalar_one()

    sheets = [await ok(client.get(f"{API}/sheets/{session_id}")) for client in (world.ops, auditor)]
    printed = await world.ops.get(f"{API}/sheets/{session_id}/pdf")

    for sheet in sheets:
        lines = {line["enrolment_id"]: (line["name"], line["id_masked"], line["erased"]) for line in sheet["lines"]}
        assert lines[str(gone)] == ("erased", "erased", True)
        assert lines[str(stays)][2] is False
    assert printed.status_code == 200


async def test_a_file_is_forgotten_after_its_time(world: World) -> None:
    run_id, ((seat, _), _) = await a_class(world)
    content = table(f"1,{seat},,present,,,", f"9,{seat},{PERSON},present,,,")
    batch = await judged(world, content, run_id)
    left_out = f"{API}/imports/{batch['id']}/left-out"
    before, none_yet = await world.ops.post(left_out), await forget_one_file(world.stage.runtime)

    world.stage.clock.advance(timedelta(days=30))
    forgot = [await forget_one_file(world.stage.runtime) for _ in range(2)]
    after = await world.ops.post(left_out)
    late = await commit(world, await look(world, batch), only_valid=True)
    again = await send(world, content, run_id, evidence="FORM-0001")

    assert PERSON in before.text
    assert (none_yet, forgot, await rows_with_cells(world)) == (False, [True, False], 2)  # of the one sent again
    assert [(each.status_code, each.json()["code"]) for each in (after, late)] == [(410, "erased")] * 2
    assert again.status_code == 201


async def test_one_that_dies_in_the_middle_is_done_by_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id, ((gone, person), _) = await a_class(world)
    await judged(world, table(f"1,{gone},{PERSON},present,,,"), run_id)

    async def die(*_: Any) -> None:
        raise ConnectionError("the process is gone")

    with monkeypatch.context() as patch:
        patch.setattr("services.attendance.commands.erasing.forget_kept_answers", die)
        with pytest.raises(ConnectionError):
            await world.hear(erased(gone, person))
    kept = await rows_with_cells(world)
    await world.hear(erased(gone, person))

    assert (kept, await rows_with_cells(world)) == (1, 0)
