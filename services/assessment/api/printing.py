"""The certificate as paper: one landscape page. Slow enough for a thread of its own; it asks nobody anything."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from libs.sources import SINGAPORE
from services.assessment.errors import NameUnprintable

if TYPE_CHECKING:
    from fpdf import FPDF

SERIF_FILE = Path(__file__).parent / "fonts" / "DejaVuSerif.ttf"
SERIF, SANS, FIXED = "certificate-serif", "helvetica", "courier"
INK, SOFT, LINE, ALARM = (31, 41, 55), (95, 105, 120), (176, 137, 60), (190, 24, 30)
WIDTH, HEIGHT, MARGIN = 297.0, 210.0, 34.0
MIDDLE = WIDTH / 2
LEAST = 5
"""Points below which nothing is set."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on it. The holder's name is asked for at the moment of printing and kept nowhere."""

    certificate_id: UUID
    holder: str = field(repr=False)
    course_title: str
    course_reference: str
    start_on: date
    end_on: date
    issued_on: date
    code: str
    provider: str
    verify_at: str
    void: bool
    printed_at: datetime


def printed(sheet: Sheet) -> bytes:
    """The PDF. Raises NameUnprintable for a name whose letters the typeface lacks: a wrong name is worse than none."""
    from fpdf import FPDF  # here, so that nothing of it is loaded before somebody prints

    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.add_font(SERIF, fname=SERIF_FILE)
    serif: Any = pdf.fonts[SERIF]
    try:
        if not all(ord(sign) in serif.cmap for sign in sheet.holder):
            raise NameUnprintable(sheet.certificate_id)
        _draw(pdf, sheet)
        return bytes(pdf.output())
    finally:
        serif.ttfont.close()  # it reads its file lazily and would hold it open


def _draw(pdf: "FPDF", sheet: Sheet) -> None:
    pdf.set_creation_date(sheet.printed_at)
    pdf.set_title("Certificate")
    pdf.set_author(sheet.provider)
    pdf.set_lang("en-SG")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.add_page()
    _frame(pdf)
    _words(pdf, sheet)
    _foot(pdf, sheet)
    if sheet.void:
        _void(pdf)


def _frame(pdf: "FPDF") -> None:
    pdf.set_draw_color(*LINE)
    for inset, thickness in ((9.0, 1.1), (11.6, 0.3)):
        pdf.set_line_width(thickness)
        pdf.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
    pdf.set_line_width(0.3)
    for x in (11.6, WIDTH - 11.6):
        for y in (11.6, HEIGHT - 11.6):
            pdf.rect(x - 3, y - 3, 6, 6)


def _words(pdf: "FPDF", sheet: Sheet) -> None:
    _line(pdf, 24, sheet.provider, SERIF, 14, SOFT, least=9)
    pdf.set_char_spacing(3)
    _line(pdf, 39, "CERTIFICATE", SANS, 34, INK, style="B")
    pdf.set_char_spacing(1.2)
    _line(pdf, 55, "OF ACHIEVEMENT", SANS, 11, LINE, style="B")
    pdf.set_char_spacing(0)
    _line(pdf, 70, "This is to certify that", SANS, 12, SOFT)
    _line(pdf, 80, sheet.holder, SERIF, 30, INK, least=12, lines=2, height=15)
    pdf.set_draw_color(*LINE)
    pdf.set_line_width(0.4)
    pdf.line(MIDDLE - 70, 97, MIDDLE + 70, 97)
    _line(pdf, 102, "has been assessed and has met all requirements of the course", SANS, 12, SOFT)
    _line(pdf, 112, sheet.course_title, SERIF, 20, INK, least=11, lines=2, height=10)
    _line(pdf, 131, sheet.course_reference, SANS, 11, SOFT)
    _line(pdf, 139, _held(sheet), SANS, 12, INK)


def _foot(pdf: "FPDF", sheet: Sheet) -> None:
    left, right, width = MARGIN, WIDTH - MARGIN - 70, 70.0
    pdf.set_draw_color(*SOFT)
    pdf.set_line_width(0.25)
    pdf.line(left, 172, left + width, 172)
    _cell(pdf, left, 166, width, _day(sheet.issued_on), SERIF, 11, INK)
    _cell(pdf, left, 173.5, width, "Date of issue", SANS, 9, SOFT)
    pdf.line(right, 172, right + width, 172)
    _cell(pdf, right, 173.5, width, "Authorised signature", SANS, 9, SOFT)
    pdf.set_fill_color(249, 246, 238)
    pdf.set_draw_color(*LINE)
    pdf.rect(MIDDLE - 41, 158, 82, 22, style="DF", round_corners=True, corner_radius=2)
    _cell(pdf, MIDDLE - 41, 160, 82, "Verification code", SANS, 8, SOFT)
    _cell(pdf, MIDDLE - 41, 165, 82, sheet.code, FIXED, 15, INK, style="B")
    _cell(pdf, MIDDLE - 40, 173.5, 80, f"Check it at {sheet.verify_at}", SERIF, 7, SOFT, least=4)
    printed_at = sheet.printed_at.astimezone(SINGAPORE).strftime("%d %b %Y %H:%M")
    small = f"Certificate {sheet.certificate_id}  ·  printed {printed_at} (Singapore)"
    _cell(pdf, MARGIN, 188, WIDTH - 2 * MARGIN, small, SANS, 6.5, SOFT)


def _void(pdf: "FPDF") -> None:
    with pdf.local_context(fill_opacity=0.28, text_color=ALARM):
        pdf.set_font(SANS, style="B", size=190)
        with pdf.rotation(28, MIDDLE, HEIGHT / 2):
            pdf.set_xy(0, HEIGHT / 2 - 34)
            pdf.cell(w=WIDTH, h=68, text="VOID", align="C")
    _cell(pdf, MARGIN, 151, WIDTH - 2 * MARGIN, "This certificate has been revoked.", SANS, 11, ALARM, style="B")


def _line(
    pdf: "FPDF",
    y: float,
    text: str,
    font: str,
    size: float,
    ink: tuple[int, int, int],
    *,
    style: Any = "",
    least: float | None = None,
    lines: int = 1,
    height: float = 10.0,
) -> None:
    """Centred text; what is too wide is set smaller down to `least`, then broken into `lines`."""
    width = WIDTH - 2 * MARGIN
    size = _fitting(pdf, text, font, style, size, least or size, width)
    pdf.set_text_color(*ink)
    if pdf.get_string_width(text) <= width or lines == 1:
        pdf.set_xy(MARGIN, y)
        pdf.cell(w=width, h=height, text=text, align="C")
        return
    while len(broken := _broken(pdf, text, width)) > lines and size > LEAST:
        size -= 0.5
        pdf.set_font(font, style=style, size=size)
    leading = size * 0.45
    pdf.set_xy(MARGIN, y + (height - len(broken) * leading) / 2)
    pdf.multi_cell(width, h=leading, text=text, align="C")


def _broken(pdf: "FPDF", text: str, width: float) -> list[str]:
    """The lines in which the font that is set would set it."""
    lines: Any = pdf.multi_cell(width, text=text, dry_run=True, output="LINES")
    return list(lines)


def _cell(
    pdf: "FPDF",
    x: float,
    y: float,
    width: float,
    text: str,
    font: str,
    size: float,
    ink: tuple[int, int, int],
    *,
    style: Any = "",
    least: float | None = None,
) -> None:
    _fitting(pdf, text, font, style, size, least or size, width)
    pdf.set_text_color(*ink)
    pdf.set_xy(x, y)
    pdf.cell(w=width, h=5, text=text, align="C")


def _fitting(pdf: "FPDF", text: str, font: str, style: Any, size: float, least: float, width: float) -> float:
    """The largest size between `least` and `size` at which the text is no wider; that font is set."""
    pdf.set_font(font, style=style, size=size)
    while size > least and pdf.get_string_width(text) > width:
        size -= 0.5
        pdf.set_font(font, style=style, size=size)
    return size


def _held(sheet: Sheet) -> str:
    if sheet.start_on == sheet.end_on:
        return f"held on {_day(sheet.start_on)}"
    return f"held from {_day(sheet.start_on)} to {_day(sheet.end_on)}"


def _day(day: date) -> str:
    return f"{day.day} {day.strftime('%B %Y')}"
