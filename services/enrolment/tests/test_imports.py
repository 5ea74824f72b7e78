"""Spreadsheets as they come: every row has its verdict, is taken once, and comes back with its reason if it is not."""

import asyncio
import csv
import io
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.testing.people import nric
from libs.testing.sheets import messy_sheet
from services.enrolment.commands.importing import taking
from services.enrolment.commands.importing.taking import Taking
from services.enrolment.commands.importing.working import work_on_next
from services.enrolment.commands.seating import Desk
from services.enrolment.errors import RunFull
from services.enrolment.models.batch import BatchRow
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.trainees import keep_known
from services.enrolment.tests.conftest import World, ok

HEADER = "Name,ID Type,NRIC,DOB,E-mail,Mobile,Sponsorship,UEN,Full fee,Nett fee,Remarks"
PATH = "/api/v1/enrolments/import"


def line(number: int, **given: str) -> str:
    cells = {
        "name": f"Synthetic Trainee {number}",
        "type": "NRIC",
        "id": nric(number),
        "dob": "17/05/1990",
        "email": f"trainee{number}@example.com",
        "phone": f"9{number:07d}",
        "pays": "",
        "uen": "",
        "full": "500.00",
        "nett": "250",
        "remarks": "",
    }
    return ",".join({**cells, **given}.values())


def table(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines]).encode("utf-8-sig")


async def send(world: World, content: bytes, run_id: UUID | None) -> Any:
    query = {"run_id": str(run_id)} if run_id else {}
    headers = {"Content-Type": "text/csv"}
    return await world.ops.post(PATH, params=query, content=content, headers=headers)


async def work(world: World) -> None:
    """Let the worker's duty do all there is to do."""
    while await work_on_next(world.stage.units, world.stage.runtime.vault):
        pass


async def look(world: World, batch: dict[str, Any]) -> Any:
    return await ok(world.ops.get(f"/api/v1/enrolments/imports/{batch['id']}"))


async def judged(world: World, content: bytes, run_id: UUID | None) -> Any:
    batch = await ok(send(world, content, run_id))
    await work(world)
    return await look(world, batch)


async def rows_of(world: World, batch: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ok(world.ops.get(f"/api/v1/enrolments/imports/{batch['id']}/rows")))["items"]
    return found


async def commit(world: World, batch: dict[str, Any], **wish: Any) -> Any:
    headers = {"If-Match": f'"{batch["version"]}"'}
    answer = await world.ops.post(f"/api/v1/enrolments/imports/{batch['id']}/commit", json=wish, headers=headers)
    if answer.status_code == 202:
        await work(world)
        return await look(world, batch)
    return answer


async def places(world: World) -> Counter[str]:
    async with world.stage.units.reading() as uow:
        found = await uow.session.execute(select(col(Enrolment.status), func.count()).group_by(col(Enrolment.status)))
        return Counter({str(status): count for status, count in found})


async def test_every_row_is_judged_and_nothing_is_done_yet(world: World) -> None:
    run_id = await world.run(seats=2)
    known = await world.trainee(id_number=nric(50))
    await world.employer()
    placed = await world.placed(run_id)  # the world's second person, on the run already
    batch = await judged(
        world,
        table(
            line(1, dob="32941"),
            line(50),
            line(1, name="Twice in one file"),
            line(2),
            line(3, pays="Employer", uen="197401143c"),
            line(4, pays="Employer", uen="S16FC0121D"),
            line(5, dob="31/02/1990"),
            line(6, name="=HYPERLINK(A1)"),
            line(7, email="nobody"),
            line(8, full="1.234"),
        ),
        run_id,
    )
    rows = await rows_of(world, batch)
    assert [row["verdict"] for row in rows] == [
        "create", "match", "duplicate", "duplicate", "create", *["refused"] * 5,
    ]  # fmt: skip
    wrong = [(finding["field"], finding["code"]) for row in rows[5:] for finding in row["findings"]]
    assert wrong == [
        ("employer_uen", "unknown"),
        ("born_on", "not_a_date"),
        ("full_name", "formula"),
        ("email", wrong[3][1]),
        ("full_fee", "not_an_amount"),
    ]
    assert all(finding["fix"] for row in rows for finding in row["findings"])
    assert (batch["status"], batch["ignored_columns"]) == ("checked", ["Remarks"])
    assert rows[1]["trainee_id"] == known["id"]
    assert rows[3]["trainee_id"] == placed["trainee_id"]
    assert sum((await places(world)).values()) == 1


async def test_committing_takes_each_row_once_and_seats_run_out_in_the_file_s_order(world: World) -> None:
    run_id = await world.run(seats=3)
    batch = await judged(world, table(*(line(number) for number in range(1, 7))), run_id)
    done = await commit(world, batch)
    assert (done["status"], done["taken"], done["settled"]) == ("committed", 6, 6)
    assert await places(world) == {"confirmed": 3, "waitlisted": 3}
    assert (await rows_of(world, batch))[0]["enrolment_id"] is not None
    assert (await world.told())[-1] == "enrolment_import.committed"

    again = await send(world, table(*(line(number) for number in range(1, 7))), run_id)
    assert (again.status_code, again.json()["id"]) == (200, batch["id"])
    await work(world)
    assert await places(world) == {"confirmed": 3, "waitlisted": 3}


async def test_a_longer_file_adds_only_what_is_new(world: World) -> None:
    run_id = await world.run(seats=9)
    await commit(world, await judged(world, table(line(1), line(2)), run_id))
    longer = await judged(world, table(line(1), line(2), line(3)), run_id)
    assert (longer["duplicate"], longer["create"]) == (2, 1)
    await commit(world, longer)
    assert await places(world) == {"confirmed": 3}


async def test_all_or_valid_rows_as_the_person_chooses(world: World) -> None:
    run_id = await world.run(seats=9)
    batch = await judged(world, table(line(1), line(2, dob="x")), run_id)
    refused = await commit(world, batch)
    assert (refused.status_code, refused.json()["code"]) == (409, "rows_refused")
    done = await commit(world, batch, only_valid=True)
    assert (done["taken"], done["refused"]) == (1, 1)


async def test_rows_left_out_come_back_as_they_were_and_can_be_sent_again(world: World) -> None:
    run_id = await world.run(seats=9)
    batch = await judged(world, table(line(1), line(2, dob="x", remarks="call her")), run_id)
    await commit(world, batch, only_valid=True)
    answer = await world.ops.post(f"/api/v1/enrolments/imports/{batch['id']}/left-out")
    assert answer.headers["Cache-Control"] == "no-store"
    [left] = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (left["Remarks"], left["row"]) == ("call her", "3")
    assert "not a date" in left["reasons"]
    mended = answer.content.replace(b",x,", b",17/05/1990,")
    assert (await commit(world, await judged(world, mended, run_id)))["taken"] == 1


async def test_a_process_that_dies_between_rows_loses_and_repeats_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a worker that dies in the middle of a step, when another goes on, each row has one person and place."""
    run_id = await world.run(seats=9)
    batch = await judged(world, table(*(line(number) for number in range(1, 6))), run_id)
    take, calls = Taking.take, 0

    async def die_on_the_fourth(self: Taking, opened: Any) -> Any:
        nonlocal calls
        calls += 1
        taken = await take(self, opened)
        if calls == 4:
            raise ConnectionError
        return taken

    monkeypatch.setattr(taking, "AT_ONCE", 2)
    monkeypatch.setattr(Taking, "take", die_on_the_fourth)
    with pytest.raises(ConnectionError):
        await commit(world, batch)
    done = await look(world, batch)
    assert (done["status"], done["taken"]) == ("committing", 2)
    await work(world)
    assert (await look(world, batch))["taken"] == 5
    assert await places(world) == {"confirmed": 5}
    async with world.stage.units.reading() as uow:
        assert (await uow.session.execute(select(func.count()).select_from(Trainee))).scalar_one() == 5


async def test_a_person_entered_at_the_same_moment_is_enrolled_as_who_they_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given somebody who enters a row's person after the step has looked, the next step takes the row with them."""
    run_id = await world.run(seats=9)
    batch = await judged(world, table(line(1), line(2)), run_id)
    known = await world.trainee(id_number=nric(2))
    keep, steps = keep_known, 0

    async def look_too_early(uow: UnitOfWork, indexes: set[bytes]) -> dict[bytes, Trainee]:
        nonlocal steps
        steps += 1
        return {} if steps == 1 else await keep(uow, indexes)

    monkeypatch.setattr(taking, "keep_known", look_too_early)
    done = await commit(world, batch)

    assert (done["taken"], done["settled"], steps) == (2, 2, 2)
    assert (await rows_of(world, batch))[1]["trainee_id"] == known["id"]
    assert await places(world) == {"confirmed": 2}


async def test_what_changes_between_judging_and_taking_is_told_with_the_row(world: World) -> None:
    run_id = await world.run(seats=9)
    batch = await judged(world, table(line(1), line(2)), run_id)
    person = await world.trainee(id_number=nric(2))
    await world.placed(run_id, person)
    done = await commit(world, batch)
    assert (done["taken"], done["settled"]) == (1, 2)
    assert (await rows_of(world, batch))[1]["findings"][0]["code"] == "already_enrolled"


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"name,fee\n", "lacks the columns"), (HEADER.encode(), "no rows")],
)
async def test_what_is_no_table_is_refused_with_the_reason(world: World, content: bytes, why: str) -> None:
    answer = await send(world, content, None)
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_table")
    assert why in answer.json()["detail"]


async def test_the_template_can_be_sent_as_it_is(world: World) -> None:
    run_id = await world.run(seats=9)
    template = (await world.ops.get(f"{PATH}/template")).content
    batch = await judged(world, template, run_id)
    assert (batch["create"], batch["refused"]) == (1, 0), await rows_of(world, batch)


async def test_rows_are_judged_by_what_tpgateway_would_refuse(world: World) -> None:
    """Given people TPGateway would not take, known ones included, each row says what must be mended and where."""
    run_id = await world.run(seats=9)
    await world.trainee(id_number=nric(4), email=None)
    batch = await judged(
        world,
        table(line(1, email="", phone=""), line(2, id="S9000002X"), line(3, id="M1234567A", type="FIN"), line(4)),
        run_id,
    )
    rows = await rows_of(world, batch)
    wrong = [[(finding["field"], finding["code"]) for finding in row["findings"]] for row in rows]
    assert wrong == [
        [("email", "missing"), ("phone", "missing")],
        [("id_number", "wrong_check_letter")],
        [("id_number", "wrong_check_letter")],
        [("email", "missing")],
    ]
    assert batch["refused"] == 4


async def test_nothing_of_a_row_stands_in_the_clear(world: World) -> None:
    run_id = await world.run(seats=9)
    batch = await judged(world, table(line(1, name="Synthetic Canary Qx"), line(2, id="S9000002X", dob="x")), run_id)
    rows = str(await rows_of(world, batch))
    assert "Canary" not in rows
    assert "S9000002X" not in rows
    told = str([envelope.model_dump() for envelope in await world.stage.told()])
    assert "Canary" not in told


async def test_a_refused_row_is_undone_alone_with_everything_it_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given three new people of whom the second is refused at their seat, then nothing of the second is left."""
    run_id = await world.run(seats=2)
    batch = await judged(world, table(line(1), line(2), line(3)), run_id)
    before = len(await world.told())
    seat = Desk.seat

    def refuse_after_seating_the_second(self: Desk, enrolment: Enrolment, *, reason: str | None = None) -> None:
        seat(self, enrolment, reason=reason)
        if self.seats.confirmed == 2:
            monkeypatch.setattr(Desk, "seat", seat)
            raise RunFull(self.run.id)

    monkeypatch.setattr(Desk, "seat", refuse_after_seating_the_second)
    done = await commit(world, batch)

    assert (done["taken"], done["settled"]) == (2, 3)
    assert [row["taken"] for row in await rows_of(world, batch)] == [True, False, True]
    assert await world.seats(run_id) == (2, 0, 0)
    told = Counter((await world.told())[before:])
    assert (told["trainee.created"], told["enrolment.registered"], told["enrolment.confirmed"]) == (2, 2, 2)
    async with world.stage.units.reading() as uow:
        assert (await uow.session.execute(select(func.count()).select_from(Trainee))).scalar_one() == 2


async def test_workers_that_share_files_seat_people_in_each_file_s_order(world: World) -> None:
    """Given two files and three workers at once, each run's seats went to the first rows of its file."""
    runs = [await world.run(seats=30), await world.run(seats=30)]
    files = [
        await judged(world, table(*(line(number) for number in range(first, first + 40))), run_id)
        for first, run_id in zip((100, 200), runs, strict=True)
    ]
    for batch in files:
        headers = {"If-Match": f'"{batch["version"]}"'}
        await ok(world.ops.post(f"/api/v1/enrolments/imports/{batch['id']}/commit", headers=headers))

    await asyncio.gather(*(work(world) for _ in range(3)))

    assert [(await look(world, batch))["taken"] for batch in files] == [40, 40]
    async with world.stage.units.reading() as uow:
        rows = await uow.session.execute(
            select(col(BatchRow.batch_id), col(Enrolment.status))
            .join(Enrolment, col(Enrolment.id) == col(BatchRow.enrolment_id))
            .order_by(col(BatchRow.batch_id), col(BatchRow.number))
        )
        assert [str(status) for _, status in rows] == (["confirmed"] * 30 + ["waitlisted"] * 10) * 2


async def test_hundreds_of_rows_as_offices_send_them(world: World) -> None:
    """Given a file with all that is usually wrong, each row has the verdict it deserves; none is lost or doubled."""
    run_id = await world.run(seats=400)
    await world.employer(uen="197401143C")
    for number in (1, 2, 3):
        await world.trainee(id_number=nric(number))
    sheet = messy_sheet(300, uen="197401143C", known={1, 2, 3})

    batch = await judged(world, sheet.content, run_id)
    assert {name: batch[name] for name in ("create", "match", "duplicate", "refused")} == sheet.verdicts
    done = await commit(world, batch, only_valid=True)
    again = await judged(world, sheet.content, run_id)
    longer = await judged(world, messy_sheet(310, uen="197401143C").content, run_id)

    assert (done["taken"], again["id"]) == (sheet.ready, batch["id"])
    assert await places(world) == {"confirmed": sheet.ready}
    assert (longer["create"], longer["match"]) == (messy_sheet(310, uen="x").ready - sheet.ready, 0)
    answer = await world.ops.post(f"/api/v1/enrolments/imports/{batch['id']}/left-out")
    left = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(left) == 300 - sheet.ready
    assert all(row["reasons"] for row in left)
    formulas = [row["Name"] for row in left if "HYPERLINK" in row["Name"]]
    assert len(formulas) == 12
    assert all(cell.startswith("'=") for cell in formulas)
