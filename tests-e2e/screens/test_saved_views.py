"""Views people keep of their lists: they follow the person, and nobody else has them."""

import re
import secrets
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from infra.ui.browser import sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

PASSWORD = "seven wooden spoons " + uuid4().hex[:6]


@pytest.fixture
def somebody(system: Any) -> Callable[..., dict[str, Any]]:
    """Makes an account with no views yet."""

    def made(*roles: str) -> dict[str, Any]:
        wish = {"email": f"n{uuid4().hex[:10]}@demo.example", "name": "Demo Newcomer", "roles": list(roles)}
        return {**wish, **system.signed_in("admin").post("/auth/users", {**wish, "password": PASSWORD})}

    return made


def at(desk: Any, path: str, person: dict[str, Any]) -> Page:
    page = desk.tab()
    page.goto(path)
    sign_in(page, person["email"], PASSWORD)
    return page


def my_views(page: Page, name: str = "My views") -> None:
    page.get_by_role("navigation", name="Views").get_by_role("button", name=name).click()


def save(page: Page, name: str, *, verb: str = "Save view") -> None:
    my_views(page)
    page.get_by_role("menuitem", name="Save as a view…").click()
    dialog = page.get_by_role("dialog", name="Save as a view")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name=verb).click()
    expect(page.get_by_text(f"The view {name} is saved.").last).to_be_visible()


def test_a_view_is_kept_found_in_another_browser_renamed_and_deleted(
    open_desk: Callable[..., Any], somebody: Callable[..., dict[str, Any]]
) -> None:
    person, name = somebody("ops"), f"Open ones {secrets.token_hex(2)}"
    page = at(open_desk(), "/runs", person)
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Mode").uncheck()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Status").click()
    page.get_by_role("option", name="Open", exact=True).click()
    page.keyboard.press("Escape")
    save(page, name)
    # when the same person sits down at another browser
    other = at(open_desk(), "/runs", person)
    my_views(other)
    other.get_by_role("menuitem", name=name).click()
    expect(other).to_have_url(re.compile(r"status=.*open.*columns=|columns=.*status=.*open"))
    other.get_by_role("button", name="Columns").click()
    expect(other.get_by_role("checkbox", name="Dates")).to_be_checked()
    expect(other.get_by_role("checkbox", name="Mode")).not_to_be_checked()
    other.keyboard.press("Escape")
    expect(other.get_by_role("columnheader", name="Mode")).to_have_count(0)
    my_views(other, name)
    other.get_by_role("menuitem", name="Rename this view…").click()
    dialog = other.get_by_role("dialog", name="Rename the view")
    dialog.get_by_label("Name").fill("Renamed")
    dialog.get_by_role("button", name="Rename view").click()
    my_views(other, "Renamed")
    other.get_by_role("menuitem", name="Delete this view…").click()
    asked = other.get_by_role("dialog", name="Delete the view Renamed?")
    asked.get_by_role("button", name="Delete view").click()
    expect(other.get_by_text("The view Renamed is deleted.")).to_be_visible()
    my_views(other)
    expect(other.get_by_text("No view of yours yet")).to_be_visible()


def test_a_view_of_a_name_one_has_takes_its_place(desk: Any, somebody: Callable[..., dict[str, Any]]) -> None:
    page = at(desk, "/sync?state=rejected", somebody("ops"))
    save(page, "Mine")
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Error code").fill("http_400")
    expect(page).to_have_url(re.compile("error_code="))
    save(page, "Mine", verb="Replace view")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="All").click()
    my_views(page)
    page.get_by_role("menuitem", name="Mine").click()
    expect(page).to_have_url(re.compile("error_code=http_400"))
    assert "state=" not in page.url


def test_views_of_enrolments_and_deadlines_stand_beside_those_everybody_has(
    desk: Any, somebody: Callable[..., dict[str, Any]]
) -> None:
    page = at(desk, "/enrolments?refund_due=true&sponsorship=EMPLOYER", somebody("ops"))
    save(page, "Refunds to employers")
    expect(page.get_by_role("navigation", name="Views").get_by_role("link", name="Refund due")).to_be_visible()
    page.goto("/compliance?view=list&level=red")
    my_views(page)
    expect(page.get_by_text("No view of yours yet")).to_be_visible()
    page.keyboard.press("Escape")
    save(page, "Red")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Missed").click()
    expect(page).to_have_url(re.compile("breached=true"))
    my_views(page)
    page.get_by_role("menuitem", name="Red").click()
    expect(page).to_have_url(re.compile("level=red"))


def test_a_view_that_seeks_somebody_by_number_is_not_kept(desk: Any, somebody: Callable[..., dict[str, Any]]) -> None:
    desk.provoked.append(422)
    page = at(desk, "/runs?q=S1234567D", somebody("ops"))
    my_views(page)
    page.get_by_role("menuitem", name="Save as a view…").click()
    dialog = page.get_by_role("dialog", name="Save as a view")
    dialog.get_by_label("Name").fill("Somebody")
    dialog.get_by_role("button", name="Save view").click()
    expect(dialog.get_by_text("no NRIC, FIN, email address or phone number may stand in it")).to_be_visible()


def test_a_trainer_keeps_views_of_runs_and_nobody_else_has_them(
    open_desk: Callable[..., Any], somebody: Callable[..., dict[str, Any]]
) -> None:
    page = at(open_desk(), "/runs?q=noodles", somebody("trainer"))
    save(page, "Noodles")
    other = at(open_desk(), "/runs", somebody("trainer"))
    my_views(other)
    expect(other.get_by_text("No view of yours yet")).to_be_visible()
    # a list that a role may not open keeps no views for it either
    other.goto("/sync")
    expect(other.get_by_text("sync:view")).to_be_visible()
    expect(other.get_by_role("navigation", name="Views")).to_have_count(0)
