"""People, places and money on the screen: enrolled one by one and many at once. All people are synthetic."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.demo.client import Api
from infra.demo.people import find_or_make_employer, new_trainee
from libs.testing.people import nric, trainee_wish

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

Run = dict[str, Any]
OpenRun = Callable[..., Run]
SPACE = 100_000
WORK_MS = 60_000


def enrol(api: Api, run: Run, *, confirmed: bool = False, **given: Any) -> dict[str, Any]:
    """A new person's place on the run, as the screen's lists show it."""
    person = new_trainee(api, secrets.randbelow(20))
    wish = {"run_id": run["id"], "trainee_id": person["id"], "sponsorship": "INDIVIDUAL", **given}
    place = api.post("/enrolments", wish)
    return act(api, place, "confirm") if confirmed else dict(place)


def act(api: Api, place: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
    return dict(api.act(f"/enrolments/{place['id']}", action, **body))


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Enrolment", exact=True)


def answer(page: Page, verb: str, *, reason: str | None = None, within: Locator | None = None) -> None:
    """Press the action and, in the dialog that asks, the same verb again."""
    (within or page).get_by_role("button", name=verb, exact=True).click()
    asked = page.get_by_role("dialog", name=f"{verb}?")
    if reason is not None:
        asked.get_by_label("Reason").fill(reason)
    asked.get_by_role("button", name=verb, exact=True).click()


def test_a_new_person_is_entered_enrolled_and_confirmed(desk: Any, system: Any, open_run: OpenRun) -> None:
    run, number = open_run(), unknown_number(system.signed_in("ops"))
    page = desk.at(f"/enrolments/new?run_id={run['id']}", "ops")
    page.get_by_label("ID number").fill(nric(number))
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("Nobody of whom all this is known.")).to_be_visible()
    assert nric(number) not in page.url
    page.get_by_role("button", name="New trainee").click()
    form = page.get_by_role("dialog", name="New trainee")
    form.get_by_role("button", name="Enter trainee").click()
    expect(form.get_by_text("Enter the name.")).to_be_visible()
    form.get_by_label("Full name").fill(f"Synthetic Trainee {number}")
    form.get_by_label("ID number").fill(nric(number))
    form.get_by_label("Date of birth").fill("1990-05-17")
    form.get_by_label("Email").fill(f"trainee{number}.{secrets.token_hex(4)}@example.com")
    form.get_by_label("Phone number").fill(f"9{secrets.randbelow(10**7):07d}")
    form.get_by_role("button", name="Enter trainee").click()
    expect(page.get_by_text(f"Synthetic Trainee {number}")).to_be_visible()
    page.get_by_label("Full fee").fill("500")
    page.get_by_label("Nett fee").fill("600")
    page.get_by_role("button", name="Make draft").click()
    expect(page.get_by_text("This is more than the full fee.")).to_be_visible()
    page.get_by_label("Nett fee").fill("250")
    page.get_by_role("button", name="Make draft").click()
    # the draft stands open beside the list, and TPGateway's rules were asked
    expect(panel(page)).to_contain_text("TPGateway would take it as it is.")
    answer(page, "Confirm", within=panel(page))
    expect(panel(page).get_by_text("Confirmed", exact=True)).to_be_visible()
    expect(panel(page)).to_contain_text("S$250.00")


def test_who_is_known_is_offered_instead_of_entered_twice(desk: Any, system: Any) -> None:
    desk.provoked.append(409)
    api = system.signed_in("ops")
    number = unknown_number(api)
    known = api.post("/trainees", trainee_wish(number))
    page = desk.at("/trainees", "ops")
    page.get_by_role("button", name="New trainee").click()
    form = page.get_by_role("dialog", name="New trainee")
    form.get_by_label("Full name").fill("Somebody Else (synthetic)")
    form.get_by_label("ID number").fill(nric(number))
    form.get_by_label("Date of birth").fill("1991-01-01")
    form.get_by_role("button", name="Enter trainee").click()
    expect(form.get_by_role("alert")).to_contain_text("Somebody with this ID number is entered already.")
    form.get_by_role("button", name="Use that trainee").click()
    expect(page).to_have_url(re.compile(known["id"]))
    expect(page.get_by_text(known["full_name"])).to_be_visible()


def test_money_is_booked_reversed_and_paid_back(desk: Any, system: Any, open_run: OpenRun) -> None:
    desk.provoked.append(409)
    place = enrol(system.signed_in("ops"), open_run(), confirmed=True, full_fee="400.00", nett_fee="120.00")
    page = desk.at(f"/enrolments?open={place['id']}", "admin")
    pay(page, "500")
    form = page.get_by_role("dialog", name="Add payment")
    expect(form).to_contain_text("That is more than is still owed.")
    form.get_by_label("Amount").fill("100")
    expect(form).not_to_contain_text("That is more than is still owed.")  # what stood below it has moved up
    form.get_by_role("button", name="Add payment").click()
    expect(panel(page).get_by_text("Paid in part")).to_be_visible()
    entries = panel(page).get_by_role("list", name="Fee entries").get_by_role("listitem")
    expect(entries).to_have_count(1)
    entries.get_by_role("button", name="Reverse").click()
    asked = page.get_by_role("dialog", name="Reverse S$100.00?")
    asked.get_by_label("Reason").fill("Booked on the wrong person")
    asked.get_by_role("button", name="Reverse S$100.00").click()
    expect(entries).to_have_count(2)
    expect(panel(page).get_by_text("Payment due")).to_be_visible()
    pay(page, "50")
    expect(entries).to_have_count(3)
    # who leaves before the start gets it back
    answer(page, "Cancel enrolment", reason="The shift was changed", within=panel(page))
    expect(panel(page).get_by_text("Refund due")).to_be_visible()
    panel(page).get_by_role("button", name="Refund").click()
    refund = page.get_by_role("dialog", name="Refund")
    refund.get_by_role("button", name="Book refund").click()
    expect(refund.get_by_text("Enter a reason.")).to_be_visible()
    refund.get_by_label("Reason").fill("Paid back by bank transfer")
    refund.get_by_role("button", name="Book refund").click()
    expect(entries).to_have_count(4)


def test_the_queue_stands_in_its_order_and_an_offer_is_answered_there(
    desk: Any, system: Any, open_run: OpenRun
) -> None:
    api, run = system.signed_in("ops"), open_run(intake_size=1, threshold=0)
    seated, second, third = (enrol(api, run, confirmed=True) for _ in range(3))
    page = desk.at(f"/enrolments/waitlist?run_id={run['id']}", "ops")
    rows = page.get_by_role("table", name=re.compile("^Queue of")).get_by_role("row")
    expect(rows).to_have_count(3)
    for row, place in ((rows.nth(1), second), (rows.nth(2), third)):
        expect(row).to_contain_text(place["trainee_name"])
    expect(rows.nth(2).get_by_role("button")).to_have_count(1)  # only who is next can be offered a seat
    # when the seat comes free, its offer to who waits longest shows by itself
    act(api, seated, "cancel", reason="the shift was changed")
    expect(rows.nth(1)).to_contain_text("Offered")
    answer(page, "Accept the offer", within=rows.nth(1))
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text(third["trainee_name"])
    assert api.get(f"/enrolments/{second['id']}")["status"] == "confirmed"


def test_an_action_for_all_that_match_is_counted_first_and_reports_every_refusal(
    desk: Any, system: Any, open_run: OpenRun
) -> None:
    api, run = system.signed_in("ops"), open_run(intake_size=2, threshold=0)
    places = [enrol(api, run, confirmed=number < 2) for number in range(5)]
    act(api, places[4], "cancel", reason="entered twice")
    page = desk.at(f"/enrolments?run_id={run['id']}", "ops")
    table = page.get_by_role("table", name="Enrolments")
    expect(table.get_by_role("row")).to_have_count(6)
    table.get_by_role("checkbox", name="Select row 1", exact=True).check()
    bar = page.get_by_role("region", name="Selection")
    expect(bar).to_contain_text("1 selected")
    bar.get_by_role("button", name="Select all that match").click()
    expect(bar).to_contain_text("5 selected, all that matched at")
    # the dry run tells who can be asked, and why others cannot
    bar.get_by_role("button", name="Cancel enrolment").click()
    asked = page.get_by_role("dialog", name="Cancel enrolment: 5 enrolments")
    expect(asked).to_contain_text("4 enrolments can be cancelled.")
    expect(asked.get_by_role("list", name="Refusals")).to_contain_text("1 left out: The enrolment is cancelled")
    # one of them is changed by somebody else before it starts
    act(api, places[3], "cancel", reason="they called")
    desk.provoked.append(412)
    asked.get_by_role("button", name="Cancel 4 enrolments").click()
    expect(asked.get_by_text("Enter a reason.")).to_be_visible()
    asked.get_by_label("Reason").fill("The run is moved")
    sent: list[tuple[str, str]] = []
    page.on("request", lambda request: sent.append(_ids(request)) if request.url.endswith("/cancel") else None)
    asked.get_by_role("button", name="Cancel 4 enrolments").click()
    expect(asked.get_by_role("status")).to_contain_text("3 done, 1 refused.", timeout=WORK_MS)
    expect(asked.get_by_role("list", name="Refused")).to_contain_text(places[3]["trainee_name"])
    assert len({key for key, _ in sent}) == 4, "each record has a key of its own"
    assert len({correlation for _, correlation in sent}) == 1, "one thing a person does has one correlation id"
    asked.get_by_role("button", name="Close", exact=True).last.click()
    expect(table.get_by_role("row", name="Cancelled")).to_have_count(5)


def test_it_can_be_stopped_and_what_is_under_way_is_finished(desk: Any, system: Any, open_run: OpenRun) -> None:
    api, run = system.signed_in("ops"), open_run()
    places = [enrol(api, run) for _ in range(3)]
    page = desk.at(f"/enrolments?run_id={run['id']}", "ops")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/confirm", hold)
    page.get_by_role("checkbox", name="Select all shown").check()
    page.get_by_role("region", name="Selection").get_by_role("button", name="Confirm").click()
    asked = page.get_by_role("dialog", name="Confirm: 3 enrolments")
    with page.expect_request("**/confirm"):
        asked.get_by_role("button", name="Confirm 3 enrolments").click()
    asked.get_by_role("button", name="Stop").click()
    expect(asked.get_by_role("button", name="Stopping")).to_be_disabled()
    held[0].continue_()
    expect(asked.get_by_role("status")).to_contain_text("1 done; stopped before 2 more.")
    states = sorted(api.get(f"/enrolments/{place['id']}")["status"] for place in places)
    assert states == ["confirmed", "draft", "draft"]


def test_a_change_under_an_open_form_is_told_and_not_overwritten(desk: Any, system: Any) -> None:
    api = system.signed_in("ops")
    person = api.post("/trainees", trainee_wish(unknown_number(api)))
    path, words = f"/trainees/{person['id']}", secrets.token_hex(4)
    page = desk.at(path, "ops")
    page.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit trainee")
    form.get_by_label("Full name").fill(f"Synthetic Trainee {words}")
    api.patch(path, {"email": f"{words}@example.com"}, etag=api.etag(path))
    expect(form.get_by_role("status")).to_contain_text("Changed by somebody else at")
    expect(form.get_by_label("Full name")).to_have_value(f"Synthetic Trainee {words}")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    now = api.get(path)
    assert (now["full_name"], now["email"]) == (f"Synthetic Trainee {words}", f"{words}@example.com")


def test_an_identity_number_is_revealed_for_a_minute_with_a_reason_on_record(desk: Any, system: Any) -> None:
    api = system.signed_in("ops")
    number = unknown_number(api)
    person = api.post("/trainees", trainee_wish(number))
    page = desk.tab()
    page.clock.install()
    page.goto(f"/trainees/{person['id']}")
    desk.sign_in(page, "ops")
    expect(page.get_by_text(person["id_number"])).to_be_visible()
    page.get_by_role("button", name="Reveal").click()
    asked = page.get_by_role("dialog", name="Reveal the ID number?")
    asked.get_by_role("button", name="Reveal for a minute").click()
    expect(asked.get_by_text("Enter a reason.")).to_be_visible()
    asked.get_by_label("Reason").fill("The badge office asks")
    asked.get_by_role("button", name="Reveal for a minute").click()
    expect(page.get_by_text(nric(number))).to_be_visible()
    page.clock.fast_forward(61_000)
    expect(page.get_by_text(nric(number))).to_have_count(0)
    expect(page.get_by_text(person["id_number"])).to_be_visible()
    kept = page.evaluate(
        "() => JSON.stringify([location.href, document.title, {...localStorage}, {...sessionStorage}])"
    )
    assert nric(number) not in kept
    page.clock.resume()
    history = page.get_by_role("table", name="Audit entries")
    expect(history.get_by_role("row", name="The badge office asks")).to_contain_text("Revealed", timeout=WORK_MS)


def test_two_records_of_one_person_are_compared_and_made_one(desk: Any, system: Any, open_run: OpenRun) -> None:
    api, run = system.signed_in("ops"), open_run()
    number = unknown_number(api)
    kept = api.post("/trainees", trainee_wish(number))
    twin = api.post("/trainees", trainee_wish(number, id_type="OTHERS", id_number=f"P{secrets.token_hex(6)}"))
    place = api.post("/enrolments", {"run_id": run["id"], "trainee_id": twin["id"], "sponsorship": "INDIVIDUAL"})
    page = desk.at(f"/trainees/{twin['id']}", "ops")
    page.get_by_role("button", name="Merge").click()
    dialog = page.get_by_role("dialog", name="Merge two records of one person")
    dialog.get_by_label("ID number").fill(nric(number))
    dialog.get_by_role("button", name="Find").click()
    dialog.get_by_role("button", name="Choose").click()
    expect(dialog).to_contain_text(kept["id_number"])
    dialog.get_by_label("Reason").fill("The same person, entered twice")
    dialog.get_by_role("button", name="Merge records").click()
    expect(dialog.get_by_text("Choose one of the two.")).to_be_visible()
    dialog.get_by_label("The other record").check()
    dialog.get_by_role("button", name="Merge records").click()
    expect(page).to_have_url(re.compile(kept["id"]))
    expect(page.get_by_role("table", name="Enrolments").get_by_role("row")).to_have_count(2)
    assert api.get(f"/enrolments/{place['id']}")["trainee_id"] == kept["id"]
    page.goto(f"/trainees/{twin['id']}")
    expect(page.get_by_text("This record lives on in another one.")).to_be_visible()
    expect(page.get_by_role("button", name="Merge")).to_have_count(0)


def test_a_person_is_changed_in_what_differs_alone(desk: Any, system: Any) -> None:
    api = system.signed_in("ops")
    person = api.post("/trainees", trainee_wish(unknown_number(api)))
    page = desk.at(f"/trainees/{person['id']}", "ops")
    page.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit trainee")
    email = f"new.{secrets.token_hex(4)}@example.com"
    form.get_by_label("Email").fill(email)
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text(email)).to_be_visible()
    now, moved = api.get(f"/trainees/{person['id']}"), {"version", "updated_at", "updated_by", "correlation_id"}
    assert {name for name in now if now[name] != person[name]} - moved == {"email"}


def test_who_may_not_be_erased_yet_has_the_obstacles_named(desk: Any, system: Any, open_run: OpenRun) -> None:
    place = enrol(system.signed_in("ops"), open_run())
    page = desk.at(f"/trainees/{place['trainee_id']}", "admin")
    obstacles = page.get_by_role("list", name="Obstacles").get_by_role("listitem")
    expect(obstacles.filter(has_text="Records are kept until")).to_be_visible()
    expect(obstacles.filter(has_text="is not over.")).to_be_visible()
    expect(page.get_by_role("button", name="Ask for erasure")).to_have_attribute("aria-disabled", "true")


def test_an_employer_is_entered_once_and_changed(desk: Any, system: Any) -> None:
    desk.provoked.append(409)
    known = find_or_make_employer(system.signed_in("ops"))
    uen = f"19{secrets.randbelow(10**7):07d}C"
    page = desk.at("/employers", "ops")
    page.get_by_role("button", name="New employer").click()
    form = page.get_by_role("dialog", name="New employer")
    form.get_by_role("button", name="Enter employer").click()
    expect(form.get_by_text("Enter the UEN.")).to_be_visible()
    name = f"Synthetic Kopitiam {uen}"
    fill_employer(form, uen=known["uen"], name=name)
    form.get_by_role("button", name="Enter employer").click()
    expect(form.get_by_text("Another employer has this UEN.")).to_be_visible()
    form.get_by_label("UEN").fill(uen)
    form.get_by_role("button", name="Enter employer").click()
    expect(page.get_by_text(f"{name} is saved.")).to_be_visible()
    page.get_by_label("Name or UEN").fill(uen)
    row = page.get_by_role("row", name=name)
    row.get_by_role("link", name=name).click()
    panel = page.get_by_role("dialog", name="Employer", exact=True)
    panel.get_by_label("Contact").fill("Synthetic Contact Two")
    panel.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Synthetic Contact Two")


def test_finance_books_money_but_enrols_nobody(open_desk: Callable[..., Any], system: Any, open_run: OpenRun) -> None:
    place = enrol(system.signed_in("ops"), open_run(), confirmed=True, full_fee="90.00")
    page = open_desk().at(f"/enrolments?open={place['id']}", "finance")
    expect(panel(page).get_by_role("button", name="Add payment")).to_be_visible()
    expect(panel(page).get_by_role("button", name="Withdraw")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Select all shown")).to_have_count(0)
    page.goto("/enrolments/new")
    expect(page.get_by_text("enrolments:write")).to_be_visible()


def pay(page: Page, amount: str) -> None:
    panel(page).get_by_role("button", name="Add payment").click()
    form = page.get_by_role("dialog", name="Add payment")
    form.get_by_label("Amount").fill(amount)
    form.get_by_role("button", name="Add payment").click()


def fill_employer(form: Locator, *, uen: str, name: str) -> None:
    form.get_by_label("UEN").fill(uen)
    form.get_by_role("textbox", name="Name", exact=True).fill(name)
    form.get_by_label("Contact").fill("Synthetic Contact")
    form.get_by_label("Email").fill("hr@example.com")
    form.get_by_label("Phone number").fill("61234567")


def unknown_number(api: Api) -> int:
    """Of somebody nobody has heard of yet."""
    number = secrets.randbelow(SPACE)
    while api.post("/trainees/search", {"id_number": nric(number)}):
        number = secrets.randbelow(SPACE)
    return number


def _ids(request: Any) -> tuple[str, str]:
    return request.headers["idempotency-key"], request.headers["x-correlation-id"]
