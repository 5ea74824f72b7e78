"""Courses, people who teach, and rooms: by somebody who keeps them, and by somebody who only reads. All synthetic."""

import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def course(system: Any) -> Any:
    """A course nobody else's run needs."""
    wish = {"reference": f"TGS-{secrets.token_hex(4).upper()}", "title": f"Synthetic Noodles {secrets.token_hex(3)}"}
    return system.signed_in("ops").post("/courses", {**wish, "funded": False, "planned_minutes": 720})


@pytest.fixture
def trainer(system: Any) -> Any:
    """Somebody no run needs, and the number they are known by."""
    wish = {
        "name": f"Synthetic Trainer {secrets.token_hex(3)}",
        "email": "synthetic.trainer@example.com",
        "id_type": "OT",
        "id_number": f"SYN{secrets.token_hex(4).upper()}",
        "roles": [1],
    }
    return {**system.signed_in("ops").post("/trainers", wish), "whole_number": wish["id_number"]}


@pytest.fixture
def venue(system: Any) -> Any:
    return system.signed_in("ops").post("/venues", {"name": f"Synthetic Kitchen {secrets.token_hex(3)}", "room": "2A"})


def panel(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name, exact=True)


def retire(page: Page, what: str, name: str) -> None:
    panel(page, what.capitalize()).get_by_role("button", name=f"Retire {what}").click()
    asked = page.get_by_role("dialog", name=f"Retire {name}?")
    asked.get_by_role("button", name=f"Retire {what}").click()
    expect(asked.get_by_text("Enter a reason.")).to_be_visible()
    asked.get_by_label("Reason").fill("No longer needed")
    asked.get_by_role("button", name=f"Retire {what}").click()
    expect(page.get_by_text(f"The {what} is retired.")).to_be_visible()


def test_a_course_is_entered_changed_found_and_retired(desk: Any, system: Any) -> None:
    reference, title = f"TGS-{secrets.token_hex(4).upper()}", f"Synthetic Laksa {secrets.token_hex(3)}"
    page = desk.at("/courses", "ops")
    page.get_by_role("button", name="New course").click()
    form = panel(page, "New course")
    form.get_by_role("button", name="Enter course").click()
    expect(form.get_by_text("Enter the title.")).to_be_visible()
    form.get_by_label("Reference").fill(reference)
    form.get_by_label("Title").fill(title)
    form.get_by_label("Planned minutes").fill("720")
    form.get_by_label("Funded", exact=True).check()
    form.get_by_role("button", name="Enter course").click()
    expect(form.get_by_text("A funded course needs its first day of funding.")).to_be_visible()
    form.get_by_label("Funded from").fill("2026-01-01")
    form.get_by_label("Funded until").fill("2027-12-31")
    form.get_by_label("Pass mark").fill("60")
    form.get_by_role("button", name="Enter course").click()
    # it stands open beside the list, under an address of its own
    opened = panel(page, "Course")
    expect(opened.get_by_role("heading", name=title)).to_be_visible()
    expect(opened.get_by_text("Last changed by")).to_be_visible()
    expect(page).to_have_url(re.compile("open="))
    # when the class becomes smaller and the score no longer decides
    opened.get_by_label("Largest class").fill("12")
    opened.get_by_label("Pass mark").fill("")
    opened.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{title} is saved.").last).to_be_visible()
    page.get_by_label("Title or reference").fill(title)
    expect(page).to_have_url(re.compile("q="))
    page.get_by_role("table", name="Courses").get_by_role("link", name=title).click()
    retire(page, "course", title)
    (kept,) = system.signed_in("ops").get("/courses", q=title)["items"]
    assert (kept["max_class_size"], kept["pass_rule"]["pass_mark"], kept["status"]) == (12, None, "retired")
    assert (kept["funded"], kept["support_from"], kept["support_to"]) == (True, "2026-01-01", "2027-12-31")


def test_what_somebody_else_changed_meanwhile_is_said_and_kept(desk: Any, system: Any, course: Any) -> None:
    page = desk.at(f"/courses?open={course['id']}", "ops")
    form = panel(page, "Course")
    form.get_by_label("Planned minutes").fill("900")
    api, path = system.signed_in("ops"), f"/courses/{course['id']}"
    api.patch(path, {"title": "Renamed meanwhile (synthetic)"}, etag=api.etag(path))
    expect(form.get_by_text("Saving writes only what you have changed here.")).to_be_visible()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Renamed meanwhile (synthetic) is saved.")).to_be_visible()
    kept = api.get(path)
    assert (kept["title"], kept["planned_minutes"]) == ("Renamed meanwhile (synthetic)", 900)


def test_a_reference_that_is_taken_is_refused_at_its_field(desk: Any, course: Any) -> None:
    desk.provoked.append(409)
    page = desk.at("/courses", "ops")
    page.get_by_role("button", name="New course").click()
    form = panel(page, "New course")
    form.get_by_label("Reference").fill(course["reference"])
    form.get_by_label("Title").fill("Twin (synthetic)")
    form.get_by_label("Planned minutes").fill("60")
    form.get_by_role("button", name="Enter course").click()
    expect(form.get_by_text("Another course has this reference.")).to_be_visible()
    expect(form.get_by_label("Title")).to_have_value("Twin (synthetic)")


def test_who_only_reads_sees_a_course_and_changes_nothing(desk: Any, course: Any) -> None:
    page = desk.at(f"/courses?open={course['id']}", "trainer")
    opened = panel(page, "Course")
    expect(opened.get_by_text(course["reference"])).to_be_visible()
    expect(opened.get_by_text("No score decides")).to_be_visible()
    expect(opened.get_by_role("button", name=re.compile("Save|Retire"))).to_have_count(0)
    expect(page.get_by_role("button", name="New course", include_hidden=True)).to_have_count(0)


def test_a_trainer_is_entered_and_the_number_shown_for_a_reason(desk: Any, system: Any) -> None:
    name, number = f"Synthetic Assessor {secrets.token_hex(3)}", f"SYN{secrets.token_hex(4).upper()}"
    page = desk.at("/trainers", "ops")
    page.get_by_role("button", name="New trainer").click()
    form = panel(page, "New trainer")
    form.get_by_role("button", name="Enter trainer").click()
    expect(form.get_by_text("Choose at least one role.")).to_be_visible()
    form.get_by_label("Name").fill(name)
    form.get_by_label("Email").fill("synthetic.assessor@example.com")
    form.get_by_role("combobox", name="ID type").click()
    page.get_by_role("option", name="Other").click()
    form.get_by_label("ID number").fill(number)
    form.get_by_label("Assessor", exact=True).check()
    form.get_by_role("button", name="Add qualification").click()
    form.get_by_label("Code 1").fill("64")
    form.get_by_label("Description 1").fill("Diploma (synthetic)")
    form.get_by_role("button", name="Enter trainer").click()
    opened = panel(page, "Trainer")
    expect(opened.get_by_role("heading", name=name)).to_be_visible()
    expect(opened.get_by_text(number)).to_have_count(0)
    opened.get_by_role("button", name="Reveal").click()
    asked = page.get_by_role("dialog", name="Reveal the ID number?")
    asked.get_by_label("Reason").fill("Compared with the contract")
    asked.get_by_role("button", name="Reveal for a minute").click()
    expect(opened.get_by_text(number)).to_be_visible()
    assert number not in page.url
    opened.get_by_role("button", name=re.compile("Mask now")).click()
    expect(opened.get_by_text(number)).to_have_count(0)
    (kept,) = [each for each in system.signed_in("ops").all("/trainers") if each["name"] == name]
    assert (kept["roles"], kept["qualifications"][0]["code"]) == ([2], "64")


def test_a_revealed_number_masks_itself_after_a_minute(desk: Any, trainer: Any) -> None:
    page = desk.tab()
    page.clock.install()
    page.goto(f"/trainers?open={trainer['id']}")
    desk.sign_in(page, "ops")
    opened = panel(page, "Trainer")
    opened.get_by_role("button", name="Reveal").click()
    asked = page.get_by_role("dialog", name="Reveal the ID number?")
    asked.get_by_label("Reason").fill("Compared with the contract")
    asked.get_by_role("button", name="Reveal for a minute").click()
    expect(opened.get_by_text(trainer["whole_number"])).to_be_visible()
    page.clock.fast_forward(61_000)
    expect(opened.get_by_text(trainer["whole_number"])).to_have_count(0)


def test_a_trainer_keeps_the_number_that_was_not_typed_and_is_retired(desk: Any, system: Any, trainer: Any) -> None:
    page = desk.at(f"/trainers?open={trainer['id']}", "ops")
    form = panel(page, "Trainer")
    form.get_by_label("Area of practice").fill("Kitchen safety")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The trainer is changed.")).to_be_visible()
    page.get_by_role("link", name=trainer["name"]).click()
    retire(page, "trainer", trainer["name"])
    kept = system.signed_in("ops").get(f"/trainers/{trainer['id']}")
    assert (kept["domain_area_of_practice"], kept["status"]) == ("Kitchen safety", "retired")
    assert kept["id_number"] == trainer["id_number"]


def test_who_sees_people_masked_may_not_reveal_or_change_them(desk: Any, trainer: Any) -> None:
    page = desk.at(f"/trainers?open={trainer['id']}", "auditor")
    opened = panel(page, "Trainer")
    expect(opened.get_by_text(trainer["id_number"])).to_be_visible()
    expect(opened.get_by_text(trainer["name"])).to_have_count(0)
    expect(opened.get_by_role("button", name=re.compile("Reveal|Save|Retire"))).to_have_count(0)
    expect(page.get_by_role("button", name="New trainer", include_hidden=True)).to_have_count(0)


def test_a_venue_is_entered_completed_and_retired(desk: Any, system: Any) -> None:
    name = f"Synthetic Hall {secrets.token_hex(3)}"
    page = desk.at("/venues", "ops")
    page.get_by_role("button", name="New venue").click()
    form = panel(page, "New venue")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Postal code").fill("4085")
    form.get_by_role("button", name="Enter venue").click()
    expect(form.get_by_text("The postal code has another form.")).to_be_visible()
    form.get_by_label("Postal code").fill("408533")
    form.get_by_role("button", name="Enter venue").click()
    opened = panel(page, "Venue")
    expect(opened.get_by_text("floor, unit, room.")).to_be_visible()
    for part, what in {"Floor": "02", "Unit": "11", "Room": "2A", "Capacity": "24"}.items():
        opened.get_by_label(part).fill(what)
    opened.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{name} is saved.").last).to_be_visible()
    page.get_by_label("Name or street").fill(name)
    row = page.get_by_role("row", name=re.compile(name))
    expect(row).to_contain_text("#02-11, Singapore 408533")
    row.get_by_role("link").click()
    retire(page, "venue", name)
    expect(row).to_contain_text("Retired")


def test_a_room_that_is_needed_is_not_retired_and_the_page_says_why(desk: Any, draft: Any) -> None:
    desk.provoked.append(409)
    page = desk.at(f"/venues?open={draft.venue_id}", "ops")
    panel(page, "Venue").get_by_role("button", name="Retire venue").click()
    asked = page.get_by_role("dialog", name=re.compile("^Retire "))
    asked.get_by_label("Reason").fill("Wrongly believed to be free")
    asked.get_by_role("button", name="Retire venue").click()
    expect(page.get_by_text(re.compile(r"still needed by \d+ planned session"))).to_be_visible()


def test_who_only_reads_sees_a_room_and_changes_nothing(desk: Any, venue: Any) -> None:
    page = desk.at(f"/venues?open={venue['id']}", "finance")
    opened = panel(page, "Venue")
    expect(opened.get_by_text("2A", exact=True)).to_be_visible()
    expect(opened.get_by_role("button", name=re.compile("Save|Retire"))).to_have_count(0)
    expect(page.get_by_role("button", name="New venue", include_hidden=True)).to_have_count(0)
