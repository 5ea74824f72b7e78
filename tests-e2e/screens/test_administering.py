"""Accounts, roles and clients as an administrator keeps them."""

import re
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from infra.ui.browser import TOO_MANY, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

PASSWORD = "seven wooden spoons " + uuid4().hex[:6]
ANOTHER = "nine copper kettles " + uuid4().hex[:6]


@pytest.fixture
def newcomer(system: Any) -> Any:
    """An account of nobody else's."""
    wish = {"email": f"n{uuid4().hex[:10]}@demo.example", "name": "Demo Newcomer", "roles": ["assessor"]}
    return {**wish, **system.signed_in("admin").post("/auth/users", {**wish, "password": PASSWORD})}


def answered(system: Any, form: dict[str, str]) -> int:
    """What a sign-in is answered; told to slow down, it waits as long as it is told."""
    while (answer := httpx.post(f"{system.gateway}/api/v1/auth/token", data=form)).status_code == TOO_MANY:
        time.sleep(float(answer.headers["Retry-After"]))
    return answer.status_code


def test_a_new_account_is_made_and_a_change_of_roles_shows_what_it_gives_and_takes(desk: Any, system: Any) -> None:
    email = f"n{uuid4().hex[:10]}@demo.example"
    page = desk.at("/admin/users", "admin")
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog", name="New user")
    dialog.get_by_role("button", name="Make account").click()
    expect(dialog.get_by_text("Enter a name.")).to_be_visible()
    expect(dialog.get_by_text("Choose at least one role.")).to_be_visible()
    dialog.get_by_label("Name").fill("Demo Newcomer")
    dialog.get_by_label("Email").fill(email)
    dialog.get_by_role("textbox", name="First password").fill(PASSWORD)
    dialog.get_by_label("Assessor").check()
    dialog.get_by_role("button", name="Make account").click()
    panel = page.get_by_role("dialog", name="Account")
    expect(panel.get_by_role("heading", name="Demo Newcomer")).to_be_visible()
    assert email not in page.url
    # when the role becomes another
    panel.get_by_label("Assessor").uncheck()
    panel.get_by_label("Auditor").check()
    panel.get_by_role("button", name="Change roles").click()
    asked = page.get_by_role("dialog", name="Change the roles of Demo Newcomer?")
    expect(asked.get_by_role("region", name="May from now on")).to_contain_text("verify the audit log")
    expect(asked.get_by_role("region", name="May no longer")).to_contain_text("make results stand")
    asked.get_by_label("Reason").fill("Moves to the audit team")
    asked.get_by_role("button", name="Change roles").click()
    expect(page.get_by_text("Demo Newcomer is Auditor within ten minutes.")).to_be_visible()
    found = system.signed_in("admin").post("/auth/users/find", {"email": email})
    assert found["items"][0]["roles"] == ["auditor"]


def test_nobody_changes_their_own_standing_and_the_page_says_so(desk: Any, system: Any) -> None:
    me = system.signed_in("admin").get("/auth/me")
    page = desk.at(f"/admin/users?open={me['id']}", "admin")
    panel = page.get_by_role("dialog", name="Account")
    expect(panel.get_by_text("Nobody changes their own roles.")).to_be_visible()
    expect(panel.get_by_label("Administrator")).to_be_disabled()
    disable = panel.get_by_role("button", name="Disable account")
    expect(disable).to_have_attribute("aria-disabled", "true")
    expect(disable).to_have_accessible_description("Nobody disables their own account.")


def test_who_is_disabled_cannot_sign_in_until_enabled_again(desk: Any, system: Any, newcomer: Any) -> None:
    def may_sign_in() -> bool:
        form = {"grant_type": "password", "username": newcomer["email"], "password": PASSWORD}
        return answered(system, form) == httpx.codes.OK

    page = desk.at("/admin/users", "admin")
    page.get_by_label("Email", exact=True).fill(newcomer["email"])
    page.get_by_role("button", name="Find").click()
    panel = page.get_by_role("dialog", name="Account")
    panel.get_by_role("button", name="Disable account").click()
    asked = page.get_by_role("dialog", name=re.compile("^Disable account"))
    asked.get_by_label("Reason").fill("Left the house")
    asked.get_by_role("button", name="Disable account").click()
    expect(page.get_by_text("Demo Newcomer is disabled.")).to_be_visible()
    assert not may_sign_in()
    panel.get_by_role("button", name="Enable account").click()
    asked = page.get_by_role("dialog", name=re.compile("^Enable account"))
    asked.get_by_label("Reason").fill("Came back")
    asked.get_by_role("button", name="Enable account").click()
    expect(page.get_by_text("Demo Newcomer is enabled.")).to_be_visible()
    assert may_sign_in()


def test_one_changes_one_s_own_password_and_signs_in_with_it(desk: Any, newcomer: Any) -> None:
    desk.provoked += [422]
    page = desk.tab()
    page.goto("/")
    sign_in(page, newcomer["email"], PASSWORD)
    page.get_by_role("button", name="Demo Newcomer").click()
    page.get_by_role("menuitem", name="Change password").click()
    dialog = page.get_by_role("dialog", name="Change your password")
    dialog.get_by_label("Present password", exact=True).fill("not this one at all")
    dialog.get_by_label("New password", exact=True).fill(ANOTHER)
    dialog.get_by_label("New password again", exact=True).fill(ANOTHER)
    dialog.get_by_role("button", name="Change password").click()
    # a password is proven on purpose slowly
    expect(dialog.get_by_text("This is not your password.")).to_be_visible(timeout=20_000)
    dialog.get_by_label("Present password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible(timeout=20_000)
    sign_in(page, newcomer["email"], ANOTHER)
    expect(page.get_by_role("button", name="Demo Newcomer")).to_be_visible()


def test_a_client_s_secret_is_shown_once_and_works(desk: Any, system: Any) -> None:
    def token(client_id: str, secret: str) -> int:
        return answered(system, {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})

    name = f"Demo payroll {uuid4().hex[:8]}"
    page = desk.at("/admin/clients", "admin")
    page.get_by_role("button", name="New client").click()
    dialog = page.get_by_role("dialog", name="New client")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("courses:view").check()
    dialog.get_by_role("button", name="Make client").click()
    dialog.get_by_role("button", name="Copy client secret").click()
    secret = page.evaluate("navigator.clipboard.readText()")
    dialog.get_by_role("button", name="Copy client id").click()
    client_id = page.evaluate("navigator.clipboard.readText()")
    assert token(client_id, secret) == 200
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_text(secret)).to_have_count(0)
    # when it is rotated at once
    page.get_by_role("link", name=name).click()
    panel = page.get_by_role("dialog", name="Client")
    panel.get_by_role("button", name="Rotate secret").click()
    asked = page.get_by_role("dialog", name=f"Rotate the secret of {name}?")
    asked.get_by_label("End the secret so far at once").check()
    asked.get_by_label("Reason").fill("It stood in a log")
    asked.get_by_role("button", name="Rotate secret").click()
    expect(page.get_by_text(f"{name} has a new secret.")).to_be_visible()
    panel.get_by_role("button", name="Copy client secret").click()
    renewed = page.evaluate("navigator.clipboard.readText()")
    assert (token(client_id, secret), token(client_id, renewed)) == (401, 200)
    # and when it is disabled
    panel.get_by_role("button", name="Disable client").click()
    asked = page.get_by_role("dialog", name=f"Disable client {name}?")
    asked.get_by_label("Reason").fill("No longer used")
    asked.get_by_role("button", name="Disable client").click()
    expect(page.get_by_text(f"{name} is disabled.")).to_be_visible()
    assert token(client_id, renewed) == 401


def test_roles_say_in_words_what_they_permit(desk: Any) -> None:
    page = desk.at("/admin/roles", "auditor")
    matrix = page.get_by_role("table", name="Permissions by role")
    expect(matrix.get_by_role("row", name="Decide what others propose")).to_contain_text("All")
    expect(page.get_by_text("Their own runs: who attends, and the register.")).to_be_visible()
