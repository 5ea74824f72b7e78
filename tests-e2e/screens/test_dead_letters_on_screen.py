"""Dead letters as people deal with them: seen by reason, counted first, tried again, marked when they come back."""

import asyncio
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aio_pika
import pytest
from playwright.sync_api import Locator, Page, expect

from infra.demo.journey import publish_run, wait_until, wait_until_synced
from infra.local.environment import amqp_url

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ARRIVES_MS = 45_000
"""A submission is prepared, sent and answered behind the screen; the page hears of it by itself."""
HEAR_OF_RUNS = 5
"""Services that refuse bytes on a run's route."""
AWAY = {"kind": "error_before", "operation": "C1", "status": 503, "times": 1}
REFUSAL = {"kind": "error_before", "operation": "C1", "status": 400, "times": 1}
ON_ITS_WAY = ("queued", "in_flight", "retry_wait", "verifying")


def publish_refused(system: Any) -> Any:
    """A run of our own whose publication TPGateway refuses once; the refusal strikes whichever run comes first."""
    journey = system.walk(until="a draft with four sessions", days_ahead=90)

    def alone() -> bool:
        return not any(journey.api.get("/sync/jobs", record_type="run", state=state)["items"] for state in ON_ITS_WAY)

    wait_until(alone, 60, lambda: "other runs are on their way to TPGateway")
    system.simulator.post("/faults", json=REFUSAL).raise_for_status()
    publish_run(journey)
    return journey


def row_of(page: Page, run_id: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=f"Run …{run_id[-8:]}"))


def replay(page: Page, row: Locator) -> None:
    """Chosen, counted by a dry run that sends nothing, and then done for a reason."""
    row.get_by_role("checkbox").check()
    with page.expect_response("**/dead-letters/replay") as counted:
        page.get_by_role("button", name="Replay chosen").click()
    assert (counted.value.json()["dry_run"], counted.value.json()["count"]) == (True, 1)
    dialog = page.get_by_role("dialog", name="Replay 1 dead letter?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_label("Reason").fill("TPGateway was mended (synthetic)")
    with page.expect_response("**/dead-letters/replay") as done:
        dialog.get_by_role("button", name="Replay 1 dead letter").click()
    assert (done.value.json()["dry_run"], done.value.json()["count"]) == (False, 1)
    expect(page.get_by_text("1 dead letter tried again.")).to_be_visible()


def test_a_refused_submission_is_replayed_marked_when_it_fails_again_and_gone_when_it_arrives(
    desk: Any, system: Any
) -> None:
    """
    Given a run whose publication TPGateway refused,
    when ops replay it and it is refused once more, then it is back and marked as failed again;
    when they replay it after TPGateway is mended, then it is gone and the run is there.
    """
    journey = publish_refused(system)
    run_id = str(journey.run_id)
    page = desk.at(f"/dead-letters?view=letters&kind=sync&aggid={run_id}", "ops")
    row = row_of(page, run_id)
    expect(row).to_contain_text("Publish run", timeout=ARRIVES_MS)
    expect(row).to_contain_text("TPGateway refused it")
    expect(row.get_by_text("Dead", exact=True)).to_be_visible()
    system.simulator.post("/faults", json=REFUSAL).raise_for_status()
    replay(page, row)
    expect(row.get_by_text("Failed again")).to_be_visible(timeout=ARRIVES_MS)
    replay(page, row)
    expect(page.get_by_text("No dead letter matches these filters.")).to_be_visible(timeout=ARRIVES_MS)
    wait_until_synced(journey)


def test_ops_follow_the_replay_they_started_until_it_has_arrived(desk: Any, system: Any) -> None:
    """Given a refused run, when ops replay it while TPGateway is away, then they see it tried until it is there."""
    journey = publish_refused(system)
    run_id = str(journey.run_id)
    page = desk.at(f"/dead-letters?view=letters&kind=sync&aggid={run_id}", "ops")
    row = row_of(page, run_id)
    expect(row.get_by_text("Dead", exact=True)).to_be_visible(timeout=ARRIVES_MS)
    system.simulator.post("/faults", json=AWAY).raise_for_status()
    replay(page, row)
    under_way = page.get_by_role("list", name="Replays under way").get_by_role("listitem")
    mine = under_way.filter(has_text="Publish run")
    expect(mine).to_contain_text("1 being tried", timeout=ARRIVES_MS)
    expect(mine.get_by_role("button", name="Call back")).to_have_count(0)
    wait_until_synced(journey)
    expect(mine).to_have_count(0, timeout=ARRIVES_MS)


def test_a_group_unfolds_to_its_letters_and_one_letter_tells_its_calls(desk: Any, system: Any) -> None:
    journey = publish_refused(system)
    run_id = str(journey.run_id)
    page = desk.at("/dead-letters", "ops")
    group = page.get_by_role("list", name="Groups of dead letters").get_by_role("listitem")
    mine = group.filter(has_text="Publish run").filter(has_text="Rejected")
    expect(mine).to_be_visible(timeout=ARRIVES_MS)
    mine.get_by_role("button", expanded=False).click()
    row = row_of(page, run_id)
    row.get_by_role("link", name="Publish run").click()
    panel = page.get_by_role("dialog", name="Dead letter")
    expect(panel.get_by_text("HTTP 400")).to_be_visible()
    expect(panel.get_by_text("sync:discard")).to_be_visible()
    expect(panel.get_by_role("button", name="Discard")).to_have_count(0)
    panel.get_by_role("button", name="Replay").click()
    dialog = page.get_by_role("dialog", name="Replay 1 dead letter?")
    dialog.get_by_label("Reason").fill("TPGateway was mended (synthetic)")
    dialog.get_by_role("button", name="Replay 1 dead letter").click()
    expect(panel).to_have_count(0)
    wait_until_synced(journey)
    expect(row).to_have_count(0, timeout=ARRIVES_MS)


def test_noise_on_the_wire_is_given_up_as_a_group_by_exactly_the_set_that_was_seen(desk: Any, system: Any) -> None:
    """Given bytes that are no event, when SRE discard their group, then only what was dead when it was counted goes."""
    with ThreadPoolExecutor(1) as beside:  # the browser's own loop runs in this thread
        beside.submit(asyncio.run, publish_noise(system)).result()
    page = desk.at("/dead-letters", "sre")
    group = page.get_by_role("list", name="Groups of dead letters").get_by_role("listitem")
    noise = group.filter(has_text="Given up by the broker").filter(has_text="the body is not JSON")
    expect(noise).to_contain_text(re.compile(rf"[{HEAR_OF_RUNS}-9]|\d\d+ dead"), timeout=ARRIVES_MS)
    expect(noise.get_by_role("button", name="Replay all")).to_have_count(0)
    noise.get_by_role("button", name="Discard all").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("list", name="By service")).to_contain_text(re.compile(r"audit: \d+ message"))
    expect(dialog).to_contain_text("what dies later is not meant")
    dialog.get_by_label("Reason").fill("synthetic noise")
    dialog.get_by_role("button", name=re.compile(r"Discard \d+ dead letters")).click()
    expect(page.get_by_text(re.compile(r"\d+ dead letters discarded\."))).to_be_visible()
    expect(noise).to_have_count(0)


def test_delivery_to_a_service_is_paused_and_goes_on(desk: Any) -> None:
    page = desk.at("/dead-letters?view=consumers", "sre")
    row = page.get_by_role("row", name="trainer").or_(page.get_by_role("row", name="assessment")).first
    for verb, state in (("Pause", "Paused"), ("Resume", "Delivering")):
        row.get_by_role("button", name=verb).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("a rehearsal")
        dialog.get_by_role("button", name=verb).click()
        expect(row.get_by_text(state)).to_be_visible()


async def publish_noise(system: Any) -> None:
    """As course, which may say anything about runs, could by a mistake."""
    async with await aio_pika.connect(amqp_url(system.layout, system.secrets, "course")) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("tms.events", ensure=False)
        await exchange.publish(aio_pika.Message(secrets.token_bytes(64)), routing_key="run.noise.v1")
