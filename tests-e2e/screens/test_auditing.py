"""The audit log as auditors work with it: found, proven, verified, and taken out to be checked without this system."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.audit_verifier import verify

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def checked(pack: Path) -> subprocess.CompletedProcess[str]:
    """What the program that stands alone says of a pack."""
    command = [sys.executable, "-I", verify.__file__, str(pack)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def open_menu(page: Page, text: str) -> None:
    """Ctrl+K, and what is typed into it."""
    page.keyboard.press("Control+K")
    page.get_by_label("Go to a page, or paste an id").fill(text)


def test_a_pack_exported_on_the_screen_is_checked_without_the_system_and_a_flipped_byte_is_named(
    desk: Any, published: Any, tmp_path: Path
) -> None:
    page = desk.at(f"/audit?subject_type=run&subject_id={published.run_id}", "auditor")
    expect(page.get_by_role("row", name="Run published")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog", name="Export entries")
    expect(dialog.get_by_text("Only entries about the record you filter by.")).to_be_visible()
    dialog.get_by_role("button", name="Export entries").click()
    expect(dialog.get_by_text("Enter a reason.")).to_be_visible()
    dialog.get_by_label("Reason").fill("The annual review asks for it")
    with page.expect_download() as coming:
        dialog.get_by_role("button", name="Export entries").click()
    pack = tmp_path / coming.value.suggested_filename
    coming.value.save_as(pack)
    assert pack.name.startswith("audit-")
    whole = checked(pack)
    assert whole.returncode == 0, whole.stdout
    assert "nothing in this pack was changed" in whole.stdout
    # when one byte of an entry is another
    content = bytearray(pack.read_bytes())
    place = content.index(b"run.published")
    content[place] ^= 1
    (tmp_path / "flipped.zip").write_bytes(content)
    broken = checked(tmp_path / "flipped.zip")
    assert broken.returncode == 1
    assert "entry " in broken.stdout
    # then the export itself stands in the log, with its reason
    page.goto("/audit?action=audit.exported")
    expect(page.get_by_role("row", name="The annual review asks for it").first).to_be_visible()


def test_an_entry_shows_what_changed_and_hands_out_its_proof(desk: Any, published: Any, tmp_path: Path) -> None:
    page = desk.at(f"/audit?subject_type=run&subject_id={published.run_id}&action=run.published", "auditor")
    page.get_by_role("link", name="Run published").click()
    panel = page.get_by_role("dialog", name="Audit entry")
    expect(panel.get_by_role("heading", name="Run published")).to_be_visible()
    expect(panel.get_by_role("button", name="Copy hash", exact=True)).to_be_visible()
    expect(panel.get_by_role("button", name="Copy hash before")).to_be_visible()
    seq = int(page.url.rpartition("open=")[2])
    with page.expect_download() as coming:
        panel.get_by_role("button", name="Download proof").click()
    coming.value.save_as(tmp_path / "proof.json")
    proof = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    assert (proof["seq"], proof["checkpoint"]["tree_size"] >= seq) == (seq, True)


def test_verifying_a_range_says_what_was_read_and_stands_in_the_head(desk: Any, published: Any) -> None:
    page = desk.at("/audit", "auditor")
    page.get_by_role("button", name="Verify").click()
    dialog = page.get_by_role("dialog", name="Verify the log")
    dialog.get_by_label("From entry").fill("1")
    dialog.get_by_label("To entry").fill("12")
    dialog.get_by_role("button", name="Verify").click()
    outcome = dialog.get_by_role("status")
    expect(outcome).to_contain_text("Unbroken")
    expect(outcome).to_contain_text("1 to 12")
    dialog.get_by_role("button", name="Close").first.click()
    expect(page.locator("main header")).to_contain_text("entries 1 to 12 verified")


def test_who_saw_whom_names_the_person_and_the_reason_is_kept(desk: Any, system: Any) -> None:
    ops = system.signed_in("ops")
    trainer = ops.all("/trainers")[0]
    ops.post(f"/trainers/{trainer['id']}/reveal", {"reason": "asked at the door"})
    page = desk.at("/audit?tab=reads", "auditor")
    expect(page.get_by_role("list", name="Reads of personal data")).to_be_visible()
    expect(page.get_by_role("table", name="Accounts that read")).to_contain_text("Trainer revealed")
    expect(page.get_by_role("table", name="Persons read")).to_contain_text(f"Trainer …{trainer['id'][-8:]}")


def test_a_pasted_id_opens_everything_that_was_done_under_it(desk: Any, system: Any, draft: Any) -> None:
    ops = system.signed_in("ops")
    ops.act(f"/course-runs/{draft.run_id}", "publish")
    page = desk.at("/audit", "auditor")
    open_menu(page, str(ops.correlation_id))
    page.get_by_text("Everything with this id").click()
    expect(page.get_by_role("heading", name="Everything with this id", level=1)).to_be_visible()
    trail = page.get_by_role("list", name="What happened")
    expect(trail.get_by_role("link", name="Run published")).to_be_visible()
    expect(trail.get_by_role("listitem").filter(has_text="Submission")).not_to_have_count(0)
    expect(trail.get_by_role("listitem").filter(has_text="Call")).not_to_have_count(0)


def test_who_may_not_see_a_source_reads_which_permission_it_takes(desk: Any, published: Any) -> None:
    page = desk.at("/ids/00000000-0000-4000-8000-000000000000", "trainer")
    expect(page.get_by_text("The audit log: not for your role, it needs audit:read.")).to_be_visible()
    expect(page.get_by_text("Submissions and their calls: not for your role, it needs sync:view.")).to_be_visible()
    expect(page.get_by_text("Nothing was recorded with this id.")).to_be_visible()


def test_the_evidence_of_a_run_is_taken_from_its_page_and_checked(desk: Any, published: Any, tmp_path: Path) -> None:
    page = desk.at(f"/runs/{published.run_id}", "auditor")
    page.get_by_role("button", name="Evidence pack").click()
    dialog = page.get_by_role("dialog", name="Take the evidence pack?")
    dialog.get_by_label("Reason").fill("A sponsor asks what became of it")
    with page.expect_download() as coming:
        dialog.get_by_role("button", name="Take evidence pack").click()
    coming.value.save_as(tmp_path / "evidence.zip")
    whole = checked(tmp_path / "evidence.zip")
    assert whole.returncode == 0, whole.stdout
