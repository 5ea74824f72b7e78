"""Marking attendance: by keys, without a network, after the lock, on a phone, and people who check themselves in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.ui.browser import NARROW

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PRESSES = 25
"""The most key presses that marking twenty people may take."""
AWAY_MS = 30_000
OTHER = {"present": "absent", "absent": "present"}
EVENTS = "**/api/v1/events"


def grid_of(page: Page) -> Locator:
    grid = page.get_by_role("grid", name="Attendance")
    grid.focus()
    return grid


def saved(page: Page) -> None:
    expect(page.get_by_text("All changes saved")).to_be_visible()


def mark_differently(page: Page, states: list[str]) -> list[str]:
    """Press the other letter for as many people as there are states, from the first on; what they are then."""
    other = [OTHER[state] for state in states]
    for state in other:
        page.keyboard.press(state[0])
    return other


@pytest.fixture
def first(taught: Any) -> str:
    """The session of the grid's journeys, with everybody judged and its sheet open."""
    session_id = str(taught.session_ids[0])
    taught.journey.api.post("/attendance", {"session_id": session_id, "all_present": True})
    return session_id


def test_twenty_people_are_marked_with_twenty_keys(desk: Any, taught: Any) -> None:
    page = desk.at(f"/attendance/runs/{taught.run_id}", "trainer")
    page.evaluate("window.presses = 0; window.addEventListener('keydown', () => { window.presses += 1 }, true)")
    grid_of(page)
    wanted = ["absent" if number in {3, 11} else "present" for number in range(20)]
    for state in wanted:
        page.keyboard.press(state[0])
    saved(page)
    assert page.evaluate("window.presses") <= PRESSES
    assert taught.states(taught.session_ids[0]) == wanted


def test_what_is_marked_without_a_network_is_kept_said_and_sent(desk: Any, taught: Any, first: str) -> None:
    desk.cut_off = True
    page = desk.tab()
    page.clock.install()
    page.goto(f"/attendance/runs/{taught.run_id}")
    desk.sign_in(page, "trainer")
    before = taught.states(first)
    grid = grid_of(page)
    saved(page)
    desk.context.set_offline(True)
    after = mark_differently(page, before[:5])
    expect(page.get_by_text("5 marks wait for the network.", exact=True).first).to_be_visible()
    expect(grid.get_by_role("row").nth(1)).to_contain_text("saving")
    # half a minute later nothing is lost, nothing was sent, and marking goes on
    page.clock.run_for(AWAY_MS)
    after += mark_differently(page, before[5:8])
    expect(page.get_by_text("8 marks wait for the network.", exact=True).first).to_be_visible()
    assert taught.states(first) == before
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "Trainee" not in stored
    assert "****" not in stored
    desk.context.set_offline(False)
    saved(page)
    assert taught.states(first)[:8] == after


def test_what_waits_survives_a_reload(desk: Any, taught: Any, first: str) -> None:
    desk.cut_off = True
    page = desk.at(f"/attendance/runs/{taught.run_id}", "trainer")
    before = taught.states(first)
    grid_of(page)
    page.route("**/api/v1/attendance", lambda route: route.abort())
    after = mark_differently(page, before[:3])
    expect(page.get_by_text("3 marks wait for the network.", exact=True).first).to_be_visible()
    page.reload()
    expect(page.get_by_text("3 marks wait for the network.", exact=True).first).to_be_visible()
    assert taught.states(first)[:3] == before[:3]
    page.unroute("**/api/v1/attendance")
    saved(page)
    assert taught.states(first)[:3] == after


def test_marks_of_two_people_meet_and_one_of_them_compares(desk: Any, taught: Any, system: Any, first: str) -> None:
    desk.cut_off = True
    page = desk.at(f"/attendance/runs/{taught.run_id}", "trainer")
    grid_of(page)
    saved(page)
    state = taught.states(first)[0]
    line = taught.sheet(first)["lines"][0]
    desk.context.set_offline(True)
    mark_differently(page, [state])
    expect(page.get_by_text("1 mark waits for the network.", exact=True).first).to_be_visible()
    # meanwhile somebody else marks the same person, twice, and ends with what was there
    ops = system.signed_in("ops")
    for told in (OTHER[state], state):
        ops.post("/attendance", {"session_id": first, "lines": [{"enrolment_id": line["enrolment_id"], "state": told}]})
    desk.context.set_offline(False)
    disputed = page.get_by_role("region", name="Marks that were not taken")
    expect(disputed).to_contain_text(f"you marked {OTHER[state]}. What stands: {state}.")
    assert taught.states(first)[0] == state
    disputed.get_by_role("button", name=f"Mark {OTHER[state]} again").click()
    expect(disputed).to_have_count(0)
    saved(page)
    assert taught.states(first)[0] == OTHER[state]


def test_a_refused_batch_is_taken_back_whole_and_says_so(desk: Any, taught: Any, first: str) -> None:
    desk.provoked.append(403)
    page = desk.at(f"/attendance/runs/{taught.run_id}", "trainer")
    before = taught.states(first)
    grid = grid_of(page)
    refusal = {"title": "Forbidden", "status": 403, "code": "forbidden", "detail": "Your account was changed."}
    page.route("**/api/v1/attendance", lambda route: route.fulfill(status=403, json=refusal))
    mark_differently(page, before[:2])
    notice = page.get_by_role("alert").filter(has_text="Your account was changed.")
    expect(notice).to_contain_text("Correlation id")
    expect(grid.get_by_role("row").nth(1)).not_to_contain_text("saving")
    expect(grid.get_by_role("row").nth(1)).to_contain_text(before[0].capitalize())
    assert taught.states(first) == before


def test_a_locked_sheet_refuses_says_who_can_and_takes_a_correction_with_a_reason(
    open_desk: Callable[..., Any], taught: Any, first: str
) -> None:
    page = open_desk().at(f"/attendance/runs/{taught.run_id}", "trainer")
    before = taught.states(first)
    page.get_by_role("button", name="Sheet").click()
    page.get_by_role("menuitem", name="Lock sheet").click()
    page.get_by_role("dialog").get_by_role("button", name="Lock sheet").click()
    expect(page.get_by_text("The sheet of session 1 is locked.")).to_be_visible()
    expect(page.get_by_role("columnheader", name=re.compile("locked"))).to_be_visible()
    grid_of(page)
    page.keyboard.press("Control+Home")
    page.keyboard.press(OTHER[before[0]][0])
    said = page.get_by_role("status", name="What was marked")
    expect(said).to_contain_text("Session 1 is locked. A change needs the permission attendance:correct.")
    expect(said).to_contain_text("Operations staff and administrators hold it")
    page.get_by_role("button", name="Sheet").click()
    expect(page.get_by_role("menuitem", name="Download to print")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Unlock sheet")).to_have_count(0)
    assert taught.states(first) == before

    # ops staff may, and say why; the mark keeps its history
    ops = open_desk().at(f"/attendance/runs/{taught.run_id}?session={first}", "ops")
    grid_of(ops)
    ops.keyboard.press("Control+Home")
    ops.keyboard.press(OTHER[before[0]][0])
    dialog = ops.get_by_role("dialog", name="Correct 1 mark on a locked sheet?")
    dialog.get_by_role("button", name="Correct 1 mark").click()
    expect(dialog.get_by_text("Enter a reason.")).to_be_visible()
    dialog.get_by_label("Reason").fill("The paper sheet says otherwise")
    dialog.get_by_role("button", name="Correct 1 mark").click()
    expect(ops.get_by_text(f"1 mark corrected to {OTHER[before[0]]}.")).to_be_visible()
    assert taught.states(first)[0] == OTHER[before[0]]
    grid_of(ops)
    ops.keyboard.press("Control+Home")
    ops.keyboard.press("Space")
    history = ops.get_by_role("dialog", name="Mark").get_by_role("list", name="Revisions")
    expect(history.get_by_role("listitem").first).to_contain_text("The paper sheet says otherwise")
    expect(history.get_by_role("listitem").first).to_contain_text("Ops")
    ops.keyboard.press("Escape")

    # and open it again
    ops.get_by_role("button", name="Sheet").click()
    ops.get_by_role("menuitem", name="Unlock sheet").click()
    ops.get_by_role("dialog").get_by_label("Reason").fill("The trainer goes on marking")
    ops.get_by_role("dialog").get_by_role("button", name="Unlock sheet").click()
    expect(ops.get_by_text("The sheet of session 1 is open again.")).to_be_visible()


def test_a_presence_is_voided_with_a_reason(desk: Any, taught: Any, system: Any) -> None:
    session_id = taught.session_ids[1]
    line = taught.sheet(session_id)["lines"][19]
    ops = system.signed_in("ops")
    wish = {"session_id": session_id, "lines": [{"enrolment_id": line["enrolment_id"], "state": "present"}]}
    ops.post("/attendance", wish)
    page = desk.at(f"/attendance/runs/{taught.run_id}?mark={line['attendance_id']}", "ops")
    panel = page.get_by_role("dialog", name="Mark")
    panel.get_by_role("button", name="Void mark").click()
    asked = page.get_by_role("dialog", name="Void mark?")
    asked.get_by_label("Reason").fill("Marked for somebody of a similar name")
    asked.get_by_role("button", name="Void mark").click()
    expect(page.get_by_text("The mark of session 2 is voided.")).to_be_visible()
    expect(panel.get_by_role("list", name="Revisions").get_by_role("listitem").first).to_contain_text("Voided")
    # only an administrator may take a void back, so nobody else is offered it
    expect(panel.get_by_role("button", name="Mark present again")).to_have_count(0)


def test_a_phone_marks_everybody_takes_it_back_and_marks_again(open_desk: Callable[..., Any], taught: Any) -> None:
    session_id = taught.session_ids[1]
    unmarked = [number for number, state in enumerate(taught.states(session_id)) if state == "unmarked"]
    page = open_desk(size=NARROW).at(f"/attendance/sessions/{session_id}/register", "trainer")
    count = page.get_by_text(f"{len(unmarked)} of 20 people missing")
    expect(count).to_be_visible()
    for box in [button.bounding_box() for button in page.get_by_role("button", name="Present", exact=True).all()[:3]]:
        assert box["height"] >= 48
    page.get_by_role("button", name=re.compile("^(All present|The other .* present)$")).click()
    expect(page.get_by_text("Everybody is marked").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(count).to_be_visible()
    people = page.get_by_role("list", name="People").get_by_role("listitem")
    absent = people.nth(unmarked[0]).get_by_role("button", name="Absent")
    absent.click()
    expect(absent).to_have_attribute("aria-pressed", "true")
    saved(page)
    assert [taught.states(session_id)[number] for number in unmarked[:2]] == ["absent", "unmarked"]
    page.get_by_role("button", name=f"The other {len(unmarked) - 1} present").click()
    saved(page)
    assert [taught.states(session_id)[number] for number in unmarked[:2]] == ["absent", "present"]


def test_somebody_scans_the_room_s_code_and_the_room_sees_it(open_desk: Callable[..., Any], taught: Any) -> None:
    session_id = taught.session_ids[2]
    room = open_desk().at(f"/attendance/sessions/{session_id}/check-in", "trainer")
    missing = room.get_by_role("list", name="Missing").get_by_role("listitem")
    expect(missing).to_have_count(20)
    name = missing.first.inner_text()
    room.get_by_role("button", name="Make passes").click()
    with room.expect_response("**/check-in/passes") as made:
        room.get_by_role("dialog").get_by_role("button", name="Make passes").click()
    passes = {each["enrolment_id"]: each["pass"] for each in made.value.json()}
    dialog = room.get_by_role("dialog", name="Personal passes")
    dialog.get_by_role("listitem").first.get_by_role("button", name="Show pass").click()
    expect(dialog.get_by_role("img", name="Personal pass")).to_be_visible()
    room.keyboard.press("Escape")

    # given a phone that was made ready by its personal link
    line = next(each for each in taught.sheet(session_id)["lines"] if each["name"] == name)
    phone = open_desk(size=NARROW).tab()
    phone.goto(f"/check-in#{passes[line['enrolment_id']]}")
    expect(phone.get_by_text("This phone is ready.")).to_be_visible()
    assert "#" not in phone.url
    # when it scans the screen
    code = taught.journey.cast["trainer"].get(f"/attendance/check-in/{session_id}/code")["code"]
    phone.goto(f"/check-in/{session_id}#{code}")
    expect(phone.get_by_text("You are checked in.")).to_be_visible()
    # then the room sees it with nobody touching it
    expect(room.get_by_role("list", name="Here")).to_contain_text(name)
    expect(missing).to_have_count(19)


def test_a_phone_with_an_old_code_or_no_pass_is_told_what_to_do(open_desk: Callable[..., Any], taught: Any) -> None:
    desk = open_desk(size=NARROW)
    desk.provoked.append(409)
    phone = desk.tab()
    phone.goto(f"/check-in/{taught.session_ids[2]}#AAAABBBBCCCC")
    expect(phone.get_by_text("Open your personal link on this phone first.")).to_be_visible()
    phone.goto("/check-in#not-a-pass-of-anybody")
    expect(phone.get_by_text("This phone is ready.")).to_be_visible()
    phone.goto(f"/check-in/{taught.session_ids[2]}#AAAABBBBCCCC")
    expect(phone.get_by_role("alert")).to_contain_text("The code has changed since it was scanned.")


def test_a_trainer_finds_what_is_to_be_marked_and_only_their_own_runs(desk: Any, taught: Any, system: Any) -> None:
    day = taught.run["start_on"]
    page = desk.at(f"/attendance?to_mark=false&from_on={day}&to_on={day}", "trainer")
    sheets = page.get_by_role("table", name="Attendance sheets")
    listed = system.signed_in("trainer").all("/attendance/sheets/by-day")
    own = {run["id"] for run in system.signed_in("trainer").all("/course-runs")}
    assert {row["run_id"] for row in listed} <= own
    row = sheets.get_by_role("row").filter(has=page.locator(f"a[href*='{taught.session_ids[0]}']"))
    expect(row).to_be_visible()
    row.get_by_role("link", name=re.compile("Session 1")).click()
    expect(page.get_by_role("grid", name="Attendance")).to_be_visible()


def test_the_sheet_is_downloaded_to_be_printed(desk: Any, taught: Any) -> None:
    page = desk.at(f"/attendance/runs/{taught.run_id}", "trainer")
    page.get_by_role("button", name="Sheet").click()
    with page.expect_download() as printed:
        page.get_by_role("menuitem", name="Download to print").click()
    assert printed.value.path().read_bytes().startswith(b"%PDF")
