"""Spreadsheets as they come: every row has its verdict against what is on record, and is taken once."""

import csv
import io
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.contracts.course import SessionFact
from libs.contracts.tpg_sync import OfficialScanSeen
from libs.testing.people import nric
from services.attendance.handlers import work_on_one_import
from services.attendance.tests.builders import HOUR, IDS, START, course_event, seat_event, session
from services.attendance.tests.conftest import API, World, ok

HEADER = "Session,Enrolment,NRIC,Attendance,Minutes,Note,Remarks"
FORM = {"evidence": "FORM-0001"}


def table(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines]).encode("utf-8-sig")


async def send(world: World, content: bytes, run_id: UUID | None, **query: str) -> httpx.Response:
    params = {**({"run_id": str(run_id)} if run_id else {}), **query}
    return await world.ops.post(f"{API}/import", params=params, content=content, headers={"Content-Type": "text/csv"})


async def work(world: World) -> None:
    """Let the worker's duty do all there is to do."""
    while await work_on_one_import(world.stage.runtime):
        pass


async def judged(world: World, content: bytes, run_id: UUID | None, evidence: str | None = "FORM-0001") -> Any:
    batch = await ok(send(world, content, run_id, **({"evidence": evidence} if evidence else {})))
    await work(world)
    return await look(world, batch)


async def look(world: World, batch: dict[str, Any]) -> Any:
    return await ok(world.ops.get(f"{API}/imports/{batch['id']}"))


async def rows(world: World, batch: dict[str, Any]) -> list[tuple[Any, ...]]:
    page = await ok(world.ops.get(f"{API}/imports/{batch['id']}/rows"))
    return [(each["verdict"], each["findings"][0]["code"] if each["findings"] else None) for each in page["items"]]


async def commit(world: World, batch: dict[str, Any], **body: Any) -> httpx.Response:
    headers = {"If-Match": f'"{batch["version"]}"'}
    answer = await world.ops.post(f"{API}/imports/{batch['id']}/commit", json=body or None, headers=headers)
    await work(world)
    return answer


async def a_class(world: World, people: int = 3) -> tuple[UUID, SessionFact, list[str]]:
    first = session()
    run_id, seats = await world.class_of(people, first, session(2))
    return run_id, first, seats


async def test_every_row_is_judged_against_what_is_on_record(world: World) -> None:
    run_id, first, people = await a_class(world)
    await world.mark(first.session_id, (people[1], "absent"), (people[2], "present"))

    batch = await judged(
        world,
        table(
            f"1,{people[0]},,present,200,late,",
            f"1,,{nric(1)},P,,,",
            f"1,,{nric(2).lower()},present,,,",
            f"2,{people[0]},,present,,,",
            f"1,{IDS.new()},,present,,,",
            f"1,,{nric(77)},absent,,,",
            f"9,{people[0]},,absent,,,",
            f"1,{people[0]},,absent,,,",
            f"1,{people[1]},,perhaps,,,",
            "1,,,absent,,,",
        ),
        run_id,
    )

    assert await rows(world, batch) == [
        ("create", None),
        ("change", None),
        ("same", None),
        ("error", "session_not_begun"),
        ("error", "unknown"),
        ("error", "unknown"),
        ("error", "unknown"),
        ("error", "duplicate"),
        ("error", "unknown_word"),
        ("error", "missing"),
    ]
    assert {name: batch[name] for name in ("status", "rows", "create", "change", "same", "error")} == {
        "status": "checked",
        "rows": 10,
        "create": 1,
        "change": 1,
        "same": 1,
        "error": 7,
    }
    page = await ok(world.ops.get(f"{API}/imports/{batch['id']}/rows", params={"verdict": "change"}))
    assert [(each["state_now"], each["state_wished"]) for each in page["items"]] == [("absent", "present")]
    assert set((await world.states(first.session_id)).values()) == {"unmarked", "absent", "present"}


async def test_valid_rows_are_taken_with_their_proof_and_the_others_come_back(world: World) -> None:
    run_id, first, people = await a_class(world)
    batch = await judged(world, table(f"1,{people[0]},,present,200,late,", f"1,,{nric(77)},absent,,,x"), run_id)

    whole = await commit(world, batch)
    some = await commit(world, batch, only_valid=True)
    done = await look(world, batch)
    left = await world.ops.post(f"{API}/imports/{batch['id']}/left-out")

    assert (whole.status_code, whole.json()["code"], some.status_code) == (409, "rows_refused", 202)
    assert (done["status"], done["taken"]) == ("committed", 1)
    line = await world.line(first.session_id, people[0])
    assert (line["state"], line["method"], line["minutes_credited"], line["note"]) == ("present", "import", 200, "late")
    assert (line["evidence"], line["reason"]) == ("FORM-0001", f"import {batch['id']}")
    back = list(csv.DictReader(io.StringIO(left.content.decode("utf-8-sig"))))
    assert [(each["NRIC"], each["row"]) for each in back] == [(nric(77), "3")]
    assert "Nobody on this run has it." in back[0]["reasons"]
    event = await world.last("attendance_import.committed")
    assert (event["taken"], event["refused"]) == (1, 1)


async def test_the_same_file_again_is_harmless(world: World) -> None:
    run_id, first, people = await a_class(world)
    content = table(f"1,{people[0]},,present,,,")
    batch = await judged(world, content, run_id)
    await commit(world, batch)

    again = await send(world, content, run_id, **FORM)
    other = await judged(world, content + b"\r\n", run_id)

    assert (again.status_code, again.json()["id"], again.json()["status"]) == (200, batch["id"], "committed")
    assert await rows(world, other) == [("same", None)]
    assert (await world.told()).count("attendance.marked") == 1
    assert len((await world.states(first.session_id)).keys()) == len(people)


async def test_where_grants_hang_on_it_proof_is_needed(world: World) -> None:
    run_id, _, people = await a_class(world)
    content = table(f"1,{people[0]},,present,,,")

    without = await judged(world, content, run_id, evidence=None)
    in_the_row = table(f"1,{people[0]},present,FORM-3", header="Session,Enrolment,Attendance,Evidence")
    named = await judged(world, in_the_row, run_id, evidence=None)
    await world.hear(course_event(world.course_id, funded=False))
    unfunded = await judged(world, table(f"1,{people[1]},,present,,,"), run_id, evidence=None)

    assert await rows(world, without) == [("error", "missing")]
    assert await rows(world, named) == [("create", None)]
    assert await rows(world, unfunded) == [("create", None)]


async def test_what_may_not_be_overwritten_is_an_error(world: World) -> None:
    first, other = session(), session(start=START + HOUR)
    run_id, people = await world.class_of(3, first)
    theirs, somebody = await world.run(other), IDS.new()
    twin, here = await world.seat(theirs, trainee_id=somebody), await world.seat(run_id, trainee_id=somebody)
    late = seat_event(run_id, seated_from=START + HOUR)
    await world.hear(late, OfficialScanSeen(session_id=first.session_id, enrolment_id=UUID(people[0]), remote_row="1"))
    await world.mark(first.session_id, (people[1], "present"))
    await ok(world.act(await world.line(first.session_id, people[1]), "void", reason="another person"))
    await world.mark(other.session_id, (twin, "present"))

    batch = await judged(
        world,
        table(
            f"1,{people[0]},,absent,,,",
            f"1,{people[1]},,present,,,",
            f"1,{here},,present,,,",
            f"1,{late.enrolment_id},,present,,,",
            f"1,{people[2]},,absent,30,,",
            f"1,{people[2]},,present,,excused,",
            f"1,{people[2]},,present,999,,",
        ),
        run_id,
    )

    codes = [code for _, code in await rows(world, batch)]
    assert codes == [
        "official_scan",
        "action_not_allowed",
        "present_elsewhere",
        "not_seated",
        "contradiction",
        "contradiction",
        "out_of_range",
    ]


async def test_rows_wait_while_nobody_can_say_who_people_are(world: World) -> None:
    run_id, _, _ = await a_class(world)
    world.registry.away = True
    batch = await judged(world, table(f"1,,{nric(0)},present,,,"), run_id)
    waiting = batch["status"]
    world.registry.away = False
    await work(world)

    assert (waiting, (await look(world, batch))["status"]) == ("checking", "checked")
    assert await rows(world, batch) == [("create", None)]


async def test_what_changes_between_check_and_commit_is_refused_with_its_row(world: World) -> None:
    run_id, first, people = await a_class(world)
    batch = await judged(world, table(f"1,{people[0]},,absent,,,"), run_id)
    await world.hear(OfficialScanSeen(session_id=first.session_id, enrolment_id=UUID(people[0]), remote_row="1"))

    await commit(world, batch)

    done = await look(world, batch)
    assert (done["status"], done["taken"]) == ("committed", 0)
    assert await rows(world, batch) == [("create", "official_scan")]


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (table(), 422), (table("x", header="Session"), 422), (b"\xff\xfe\x00", 422)]
)
async def test_what_is_no_table_is_refused(world: World, content: bytes, status: int) -> None:
    assert (await send(world, content, IDS.new())).status_code == status


async def test_the_template_can_be_read_again(world: World) -> None:
    template = await world.ops.get(f"{API}/import/template")

    batch = await judged(world, template.content, IDS.new())

    assert batch["ignored_columns"] == []
    assert await rows(world, batch) == [("error", "unknown")]
