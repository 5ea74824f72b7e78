"""What is personal stands in no event, no log, no plain column and no refusal."""

from typing import Any

import pytest
from sqlalchemy import text

from libs.testing.people import nric, trainee_wish
from services.enrolment.tests.builders import employer_wish
from services.enrolment.tests.conftest import World, ok

PERSONAL = [
    nric(1),
    nric(77),
    "Synthetic Trainee 1",
    "Renamed Trainee",
    "1990-05-17",
    "trainee1@example.com",
    "another@example.com",
    "90000001",
    "Synthetic Contact",
    "contact@example.com",
    "61234567",
    "123.45",
    "12345",
]


async def a_full_life(world: World) -> list[str]:
    """Everything that touches personal data, refusals included; what was refused."""
    trainee, employer = await world.trainee(), await world.employer()
    run_id = await world.run()
    place = await world.placed(run_id, trainee, sponsorship="EMPLOYER", employer_id=employer["id"], full_fee="123.45")
    await ok(world.act(place, "fee", amount="123.45"))
    await ok(world.ops.post(f"/api/v1/trainees/{trainee['id']}/reveal", json={"reason": "compare with the card"}))
    await ok(world.ops.post("/api/v1/trainees/search", json={"id_number": nric(1)}))
    await ok(world.change(f"employers/{employer['id']}", employer, contact_name="Synthetic Contact", name="Other"))
    path = f"trainees/{trainee['id']}"
    moved = await ok(world.change(path, trainee, full_name="Renamed Trainee", email="another@example.com"))
    await ok(world.change(path, moved, id_number=nric(77)))
    refused = [
        await world.ops.post("/api/v1/trainees", json=trainee_wish(2, id_number=nric(77))),
        await world.ops.post("/api/v1/trainees", json={**trainee_wish(1), "born_on": "1990-05-17x", "x": nric(1)}),
        await world.ops.post("/api/v1/employers", json=employer_wish(uen="12345")),
        await world.ops.post(f"/api/v1/{path}/reveal", json={"reason": f"it is {nric(1)}"}),
    ]
    assert all(answer.status_code in {409, 422} for answer in refused)
    return [answer.text for answer in refused]


def found_in(where: str) -> list[str]:
    return [each for each in PERSONAL if each.lower() in where.lower()]


async def test_nothing_personal_leaves_by_events_logs_or_refusals(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    refusals = await a_full_life(world)

    events = "".join(envelope.to_bytes().decode() for envelope in await world.stage.told())
    logged = capsys.readouterr()

    assert found_in(events) == []
    assert found_in(logged.out + logged.err + caplog.text) == []
    assert found_in("".join(refusals)) == []


async def test_people_are_sealed_at_rest(world: World) -> None:
    await a_full_life(world)

    kept = ""
    async with world.stage.runtime.engine.connect() as connection:
        for table in ("trainee", "employer", "enrolment", "event", "outbox"):
            rows: Any = await connection.execute(text(f"select t::text from enrolment.{table} t"))  # noqa: S608 - the list above
            kept += "".join(rows.scalars())

    names_and_numbers = [each for each in PERSONAL if each not in {"12345", "123.45"}]
    assert [each for each in names_and_numbers if each.encode().hex() in kept or each in kept] == []
