"""The end of what is known of a person: one administrator asks for it, another agrees. All people are synthetic."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from playwright.sync_api import expect

from infra.demo.people import new_trainee
from infra.local.environment import admin_database_url
from infra.ui.browser import sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WORK_MS = 60_000
"""Every service that kept something of the person says for itself that it is gone."""
ENTERED_LONG_AGO = "update enrolment.trainee set created_at = created_at - interval '20 years' where id = $1"


@pytest.fixture
def outlived(system: Any) -> dict[str, Any]:
    """Somebody entered so long ago that nothing keeps them: the tests' time is not moved by decades, the entry is."""
    person = new_trainee(system.signed_in("ops"), 7)
    with ThreadPoolExecutor(1) as beside:  # the browser's own loop runs in this thread
        beside.submit(asyncio.run, _age(system, person["id"])).result()
    return person


async def _age(system: Any, trainee_id: str) -> None:
    connection = await asyncpg.connect(admin_database_url(system.layout, system.secrets))
    try:
        assert await connection.execute(ENTERED_LONG_AGO, trainee_id) == "UPDATE 1"
    finally:
        await connection.close()


@pytest.fixture
def second(system: Any) -> tuple[str, str]:
    """Email and password of another administrator."""
    email, password = f"n{uuid4().hex[:10]}@demo.example", f"seven wooden spoons {uuid4().hex[:6]}"
    wish = {"email": email, "name": "Demo Second Admin", "roles": ["admin"], "password": password}
    system.signed_in("admin").post("/auth/users", wish)
    return email, password


def test_one_administrator_asks_and_only_another_can_agree(
    open_desk: Callable[..., Any], system: Any, outlived: dict[str, Any], second: tuple[str, str]
) -> None:
    """
    Given a person whose retention is over,
    when one administrator asks for their erasure, then they cannot agree to it themselves;
    when another agrees, then the person is gone everywhere, and both see who decided it.
    """
    path = f"/trainees/{outlived['id']}"
    page = open_desk().at(path, "admin")
    page.get_by_role("button", name="Ask for erasure").click()
    asked = page.get_by_role("dialog", name="Ask for erasure?")
    asked.get_by_role("button", name="Ask for erasure").click()
    expect(asked.get_by_text("Enter a reason.")).to_be_visible()
    asked.get_by_label("Reason").fill("They asked for it in writing")
    asked.get_by_role("button", name="Ask for erasure").click()
    expect(page.get_by_text("The erasure waits for another administrator.")).to_be_visible(timeout=WORK_MS)
    agree = page.get_by_role("button", name="Agree to erasure")
    expect(agree).to_have_attribute("aria-disabled", "true")
    expect(agree).to_have_accessible_description("You asked for it yourself: another administrator has to agree.")
    assert system.signed_in("ops").get(path)["full_name"] == outlived["full_name"]

    other = open_desk().tab()
    other.goto(path)
    sign_in(other, *second)
    expect(other.get_by_text("They asked for it in writing").first).to_be_visible()
    other.get_by_role("button", name="Agree to erasure").click()
    sure = other.get_by_role("dialog", name="Erase this person?")
    sure.get_by_label("Reason").fill("Their letter was checked")
    sure.get_by_role("button", name="Erase for ever").click()
    expect(other.get_by_text("The person is erased here; the other services follow by themselves.")).to_be_visible(
        timeout=WORK_MS
    )
    for each in (page, other):
        expect(each.get_by_text(outlived["full_name"])).to_have_count(0)
        expect(each.get_by_role("button", name="Agree to erasure")).to_have_count(0)
        expect(each.get_by_text("Erased everywhere")).to_be_visible(timeout=WORK_MS)
    expect(page.get_by_text("Demo Second Admin").first).to_be_visible()
