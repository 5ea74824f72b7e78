"""Spreadsheets on the screen: sent, checked, accepted once, and what became of every row. All people are synthetic."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.demo.people import find_or_make_employer
from libs.testing.people import trainee_wish
from libs.testing.sheets import Sheet, messy_sheet

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ROWS = 500
FEW, MANY = 50_000, 100_000
"""People of files with a row or two have lower numbers than those of a long one, so that nobody is enrolled twice."""
WORK_MS = 120_000
"""The worker takes some rows at a time; a busy machine makes it slow."""
HEADER = "Name;ID Type;NRIC;DOB;E-mail;Mobile"


@pytest.fixture(scope="module")
def run(open_run: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return open_run()


def sheet(api: Any) -> Sheet:
    employer = find_or_make_employer(api)
    return messy_sheet(ROWS, uen=employer["uen"], first=FEW + secrets.randbelow(MANY - FEW - ROWS))


def choose(page: Page, content: bytes, name: str = "people.csv") -> None:
    """Choose a file as the picker would."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def send(page: Page, content: bytes) -> None:
    choose(page, content)
    page.get_by_role("button", name="Send to be checked").click()


def figure(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Verdicts").get_by_role("listitem").filter(has_text=name)


def number(page: Page, name: str) -> int:
    return int(figure(page, name).locator("div").nth(1).inner_text())


def test_five_hundred_rows_are_checked_then_accepted_then_seen_among_the_enrolments(
    desk: Any, system: Any, run: dict[str, Any], tmp_path: Path
) -> None:
    api = system.signed_in("ops")
    people = sheet(api)
    page = desk.at(f"/enrolments/import?run_id={run['id']}", "ops")
    expect(page.get_by_role("combobox", name="Run")).not_to_have_value("")
    send(page, people.content)
    # the check writes nothing, and says how many rows have which verdict
    accept = page.get_by_role("button", name=f"Enrol {people.ready} people")
    expect(accept).to_be_visible(timeout=WORK_MS)
    assert number(page, "Duplicate") == people.verdicts["duplicate"]
    assert number(page, "Refused") == people.verdicts["refused"]
    assert number(page, "New person") + number(page, "Known person") == people.ready
    expect(page.get_by_text("Columns not read: Remarks.")).to_be_visible()
    assert api.get("/enrolments", run_id=run["id"])["items"] == []
    # problems stand by the repair that mends them
    repairs = page.get_by_role("list", name="Problems by repair").get_by_role("listitem")
    expect(repairs.filter(has_text="The cell is a formula.")).to_contain_text(f"{ROWS // 25} rows")
    expect(repairs.filter(has_text="Enter the employer first.")).to_contain_text(f"{ROWS // 25} rows")
    # when it is accepted
    accept.click()
    dialog = page.get_by_role("dialog", name=f"Enrol {people.ready} people?")
    expect(dialog).to_contain_text(f"{people.verdicts['refused']} refused rows are left out.")
    dialog.get_by_role("checkbox", name="Give seats at once").uncheck()
    dialog.get_by_role("button", name=f"Enrol {people.ready} people").click()
    # the page can be left, and its address brings it back
    page.goto("/runs")
    page.go_back()
    result = page.get_by_role("region", name="Result")
    expect(result).to_contain_text(
        f"{people.ready} people enrolled; {ROWS - people.ready} rows left out.", timeout=WORK_MS
    )
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download rows left out").click()
    saved.value.save_as(tmp_path / "left-out.csv")
    lines = (tmp_path / "left-out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + ROWS - people.ready
    result.get_by_role("link", name="See the enrolments").click()
    table = page.get_by_role("table", name="Enrolments")
    expect(table.get_by_text("Synthetic Trainee").first).to_be_visible()
    assert len(api.all("/enrolments", run_id=run["id"])) == people.ready


def test_the_same_file_again_says_so_and_changes_nothing(desk: Any, run: dict[str, Any]) -> None:
    content = rows_of(trainee_wish(secrets.randbelow(FEW)))
    page = desk.at(f"/enrolments/import?run_id={run['id']}", "ops")
    send(page, content)
    expect(page.get_by_role("button", name="Enrol 1 person")).to_be_visible(timeout=WORK_MS)
    first = page.url
    page.goto(f"/enrolments/import?run_id={run['id']}")
    send(page, content)
    expect(page.get_by_text("This very file was sent before")).to_be_visible()
    assert page.url.split("?")[0] == first.split("?")[0]


def test_a_row_leads_to_its_verdict_and_a_verdict_to_its_rows(desk: Any, system: Any, run: dict[str, Any]) -> None:
    one, two = (trainee_wish(secrets.randbelow(FEW)) for _ in range(2))
    content = rows_of(one, {**two, "born_on": "1990-02-31"})
    page = desk.at(f"/enrolments/import?run_id={run['id']}", "ops")
    send(page, content)
    expect(page.get_by_role("region", name="Accept")).to_contain_text(
        "1 row can be taken; 1 row would be left out.", timeout=WORK_MS
    )
    rows = page.get_by_role("table", name="Rows of the file").get_by_role("row")
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="Show rows: Refused").click()
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Born on: This is not a date.")
    assert "verdict=refused" in page.url


def test_a_file_that_is_no_table_is_refused_in_words_where_it_was_chosen(desk: Any) -> None:
    desk.provoked.append(422)
    page = desk.at("/enrolments/import", "ops")
    send(page, b"Name;ID Type\r\nSynthetic Trainee;NRIC\r\n")
    refusal = page.get_by_role("region", name="File to import").get_by_role("alert")
    expect(refusal).to_contain_text("The table lacks the columns id_number, born_on.")
    choose(page, b"")
    expect(refusal).to_have_count(0)


def test_without_a_file_it_asks_for_one(desk: Any) -> None:
    page = desk.at("/enrolments/import", "ops")
    page.get_by_role("button", name="Send to be checked").click()
    expect(page.get_by_text("Choose a file.")).to_be_visible()


def test_attendance_is_imported_the_same_way(desk: Any, system: Any, run: dict[str, Any]) -> None:
    content = b"session;enrolment;state\r\n1;ENR-0000-000000;present\r\n1;ENR-0000-000001;perhaps\r\n"
    page = desk.at(f"/attendance/import?run_id={run['id']}", "ops")
    send(page, content + secrets.token_hex(4).encode() + b";;\r\n")
    expect(page.get_by_role("region", name="Accept")).to_contain_text("No row can be taken.", timeout=WORK_MS)
    expect(page.get_by_role("list", name="Problems by repair").get_by_role("listitem").first).to_be_visible()


def test_who_may_not_import_reads_which_permission_it_needs(open_desk: Callable[..., Any]) -> None:
    page = open_desk().at("/enrolments/import", "trainer")
    expect(page.get_by_text("enrolments:import")).to_be_visible()


def rows_of(*people: dict[str, Any]) -> bytes:
    lines = [
        f"{one['full_name']};NRIC;{one['id_number']};{one['born_on']};{one['email']};{one['phone']['number']}"
        for one in people
    ]
    return "\r\n".join([HEADER, *lines]).encode()
