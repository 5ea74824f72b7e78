"""Signing in and out, as browsers do it: what is kept where, over reloads and in several tabs."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SIGN_IN = {"name": "Sign in", "level": 1}


def signed_in_as(page: Page, name: str) -> None:
    expect(page.get_by_role("button", name=name)).to_be_visible()


def test_who_is_refused_reads_why_and_under_which_id_and_keeps_what_they_typed(desk: Any) -> None:
    page, sent = desk.tab(), []
    desk.provoked.append(401)
    page.on("request", lambda request: sent.append(request.headers.get("x-correlation-id")))
    page.goto("/runs")
    expect(page.get_by_role("heading", **SIGN_IN)).to_be_visible()
    page.get_by_label("Email").fill("ops@demo.example")
    page.get_by_label("Password", exact=True).fill("not-the-password")
    page.get_by_role("button", name="Sign in").click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("Email or password is wrong.")
    assert refusal.locator("code").inner_text() == sent[-1]
    expect(page.get_by_label("Email")).to_have_value("ops@demo.example")


def test_an_empty_form_says_what_to_enter_and_asks_nobody(desk: Any) -> None:
    page, asked = desk.tab(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Enter your email.")).to_be_visible()
    expect(page.get_by_text("Enter your password.")).to_be_visible()
    assert not [url for url in asked if "/api/" in url]


def test_one_returns_to_the_page_asked_for_and_stays_signed_in_over_reloads(desk: Any, published: Any) -> None:
    page = desk.at(f"/runs/{published.run_id}?tab=sessions", "ops")
    expect(page.get_by_role("tab", name="Sessions", selected=True)).to_be_visible()
    for _ in range(5):  # each leaves amid the renewal of the one before, by a cookie that is used up then
        with page.expect_request("**/token/renew"):
            page.reload(wait_until="commit")
    signed_in_as(page, "Demo Ops")
    expect(page.get_by_role("tab", name="Sessions", selected=True)).to_be_visible()


def test_a_page_left_before_its_renewal_was_answered_goes_on_in_the_next(desk: Any) -> None:
    """Given a renewal the server has answered and the page never heard, then the next page is signed in."""
    page = desk.at("/runs", "ops")
    (before,) = desk.context.cookies()

    def answered_to_nobody(route: Route) -> None:
        route.fetch()  # the server spends the cookie
        desk.context.add_cookies([before])  # and the browser never learns of the next one
        route.abort()

    page.route("**/auth/token/renew", answered_to_nobody, times=1)
    desk.lost.append("/auth/token/renew")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/renew")):
        page.reload(wait_until="commit")
    page.goto("/runs")
    signed_in_as(page, "Demo Ops")
    (after,) = desk.context.cookies()
    assert after["value"] != before["value"]


def test_a_cookie_that_was_copied_is_worth_nothing_once_it_was_used(desk: Any, open_desk: Any) -> None:
    """Given a cookie in a thief's browser, when it is used after its owner has, then both are signed out."""
    page, thief = desk.at("/runs", "ops"), open_desk()
    thief.context.add_cookies(desk.context.cookies())
    page.reload()
    signed_in_as(page, "Demo Ops")
    for each in (thief, desk):
        each.provoked.append(401)
    stolen = thief.tab()
    stolen.goto("/sign-in")
    stolen.evaluate("localStorage.setItem('tms-signed-in', '1')")
    stolen.goto("/runs")
    expect(stolen.get_by_role("heading", **SIGN_IN)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", **SIGN_IN)).to_be_visible()


def test_no_script_can_read_a_token(desk: Any) -> None:
    page = desk.at("/", "ops")
    (cookie,) = desk.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("tms_refresh", True, "Strict")
    kept = page.evaluate("() => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")
    assert "tms_refresh" not in kept
    assert cookie["value"] not in kept
    assert "eyJ" not in json.dumps(kept), "an access token is kept outside of memory"


def test_tabs_opened_together_renew_one_after_another(desk: Any) -> None:
    first = desk.at("/", "ops")
    tabs = [desk.tab() for _ in range(4)]
    for tab in tabs:
        tab.goto("/runs", wait_until="commit")
    for tab in [first, *tabs]:
        signed_in_as(tab, "Demo Ops")


def test_signing_out_in_one_tab_signs_out_all_and_ends_the_sign_in(desk: Any) -> None:
    first = desk.at("/runs", "ops")
    second = desk.tab()
    second.goto("/sync")
    signed_in_as(second, "Demo Ops")
    first.get_by_role("button", name="Demo Ops").click()
    first.get_by_role("menuitem", name="Sign out").click()
    for tab in (first, second):
        expect(tab.get_by_role("heading", **SIGN_IN)).to_be_visible()
    assert desk.context.cookies() == []
    second.reload()
    expect(second.get_by_role("heading", **SIGN_IN)).to_be_visible()


def test_a_page_not_for_the_role_says_which_permission_it_needs(desk: Any) -> None:
    page = desk.at("/sync", "trainer")
    expect(page.get_by_role("heading", name="Your role cannot open this page")).to_be_visible()
    expect(page.get_by_text("sync:view")).to_be_visible()
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="Runs")).to_be_visible()
    expect(pages.get_by_role("link", name="Sync")).to_have_count(0)
