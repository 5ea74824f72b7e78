"""What is personal stands in no event, no log, no column and no refusal."""

from typing import Any

import pytest
from sqlalchemy import text

from libs.testing.people import nric
from services.attendance.tests.builders import START, session
from services.attendance.tests.conftest import API, World, ok
from services.attendance.tests.test_check_ins import DEVICE, passes, room, step_in
from services.attendance.tests.test_imports import commit, judged, table

PERSONAL = [nric(0), nric(1), nric(77), "Synthetic Trainee", "Unmistakable Person", DEVICE]


async def a_full_life(world: World) -> tuple[list[str], list[str]]:
    """Everything that touches personal data, refusals included: what was refused, and the secrets given out."""
    first = session()
    run_id, people = await world.class_of(2, first)
    await world.seat(run_id, "Unmistakable Person")
    world.stage.clock.set(START)
    mine = await passes(world, run_id)
    await ok(step_in(world, first.session_id, mine[people[0]]))
    await room(world, first.session_id)
    await world.sheet(first.session_id)
    await world.mark(first.session_id, all_present=True)
    await world.trainer.get(f"{API}/sheets/{first.session_id}/pdf")
    header = "Session,NRIC,Attendance,Remarks"
    batch = await judged(
        world, table(f"1,{nric(1)},absent,Unmistakable Person", f"1,{nric(77)},absent,", header=header), run_id
    )
    await commit(world, batch, only_valid=True)
    await ok(_left_out(world, batch))
    line = await world.line(first.session_id, people[0])
    refused = [
        await world.act(line, "void", reason=f"it is {nric(1)}"),
        await step_in(world, first.session_id, "Unmistakable Person"),
        await world.ops.post(API, json={"session_id": nric(1)}),
        await world.ops.post(f"{API}/import", params={"evidence": nric(1)}, content=b"x"),
        await world.ops.get(API, params={"enrolment_id": nric(1)}),
    ]
    assert {answer.status_code for answer in refused} == {422}
    return [answer.text for answer in refused], list(mine.values())


async def _left_out(world: World, batch: dict[str, Any]) -> Any:
    answer = await world.ops.post(f"{API}/imports/{batch['id']}/left-out")
    assert nric(77) in answer.text
    return await world.ops.get(f"{API}/imports/{batch['id']}")


def found_in(where: str, secrets: list[str]) -> list[str]:
    return [each for each in [*PERSONAL, *secrets] if each.lower() in where.lower()]


async def test_nothing_personal_leaves_by_events_logs_columns_or_refusals(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    refusals, secrets = await a_full_life(world)
    events = "".join(envelope.to_bytes().decode() for envelope in await world.stage.told())
    logged = capsys.readouterr()
    kept = ""
    async with world.stage.runtime.engine.connect() as connection:
        names = await connection.execute(
            text("select table_name from information_schema.tables where table_schema = 'attendance'")
        )
        for table_name in names.scalars().all():
            rows: Any = await connection.execute(text(f'select t::text from attendance."{table_name}" t'))  # noqa: S608 - the catalogue's own names
            kept += "".join(rows.scalars())

    assert found_in(events, secrets) == []
    assert found_in(logged.out + logged.err + caplog.text, secrets) == []
    assert found_in("".join(refusals), secrets) == []
    assert found_in(kept, secrets) == []
    assert [each for each in [*PERSONAL, *secrets] if each.encode().hex() in kept] == []
