"""The sheet on paper: masked, numbered, dated, and on record."""

import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from fpdf import FPDF

from libs.access.permissions import Role
from libs.testing.people import nric
from services.attendance.api.paper import Paper, PaperLine, render
from services.attendance.tests.builders import IDS, START, session
from services.attendance.tests.conftest import API, World

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def paper(*lines: PaperLine, **given: Any) -> Paper:
    words: dict[str, Any] = {
        "course_reference": "TGS-2026000123",
        "run_id": str(IDS.new()),
        "session_id": str(IDS.new()),
        "session_remote_id": "TGS-2026000123-849900-S1",
        "sequence": 1,
        "start_at": START,
        "end_at": START + timedelta(hours=8),
        "lines": lines,
        "generated_at": START,
        "sha256": "ab" * 32,
        "names_available": True,
    }
    return Paper(**{**words, **given})


def words_of(pdf: bytes) -> str:
    """The text of a PDF made with the core fonts: what stands between the brackets of its streams."""
    text = ""
    for part in pdf.split(b"stream\n")[1:]:
        try:
            text += zlib.decompress(part.split(b"\nendstream")[0]).decode("latin-1")
        except zlib.error:
            continue
    return text


async def test_a_sheet_is_printed_masked_and_that_it_was_is_told(world: World) -> None:
    world.stage.runtime.settings.print_fonts = ()
    first = session()
    run_id, _ = await world.class_of(2, first)

    answer = await world.trainer.get(f"{API}/sheets/{first.session_id}/pdf")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    text = words_of(answer.content)
    event = await world.last("attendance_print.made")
    for expected in ("Synthetic Trainee 1", "Signature", str(run_id), str(first.session_id), "1 of", event["sha256"]):
        assert expected in text
    assert nric(0) not in text
    assert f"S****{nric(0)[-4:]}" in text


async def test_who_sees_names_masked_prints_them_masked(world: World) -> None:
    world.stage.runtime.settings.print_fonts = ()
    first = session()
    await world.class_of(1, first)
    auditor = await world.stage.client(Role.AUDITOR)

    text = words_of((await auditor.get(f"{API}/sheets/{first.session_id}/pdf")).content)

    assert "S*** T*** 1***" in text
    assert "Synthetic Trainee" not in text


async def test_it_can_be_printed_before_the_day_and_without_names(world: World) -> None:
    world.stage.runtime.settings.print_fonts = ()
    first = session()
    _, people = await world.class_of(1, first)
    world.stage.clock.set(START - timedelta(days=3))
    world.registry.away = True

    text = words_of((await world.trainer.get(f"{API}/sheets/{first.session_id}/pdf")).content)

    assert people[0] in text
    assert "Names could not be had" in text


def test_long_classes_take_more_pages_and_the_same_content_makes_the_same_bytes() -> None:
    lines = [PaperLine(f"Synthetic Trainee {number}", "S****567D", "") for number in range(60)]
    sheet = paper(*lines)

    first, second = render(sheet, ()), render(sheet, ())

    assert first == second
    assert first.count(b"/Type /Page\n") == 3
    assert "page 3 of" in words_of(first)


def test_letters_no_font_has_are_replaced_and_the_sheet_says_so() -> None:
    known, unknown = PaperLine("Søren Ångström", "S****567D", ""), PaperLine("陈 தமிழ்", "S****567D", "")

    plain, marked = words_of(render(paper(known), ())), words_of(render(paper(unknown), ()))

    assert "no installed font" not in plain
    assert "no installed font" in marked


def test_a_font_that_is_there_is_used_and_one_that_is_not_is_passed_over(tmp_path: Path) -> None:
    made = render(paper(PaperLine("Zoë Łukasz", "S****567D", "present")), (tmp_path / "none.ttf", DEJAVU))

    assert (b"DejaVuSans" in made) is DEJAVU.is_file()
    assert isinstance(FPDF(), FPDF)
