"""The attendance sheet on paper: A4, a column to sign in, and what it was made from in small print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from libs.sources import SINGAPORE

log = structlog.get_logger()

LEFT, RIGHT, BOTTOM = 15, 15, 24
WIDTHS: Final = (10, 72, 32, 20, 46)
TITLES: Final = ("No.", "Name", "Identity no.", "Mark", "Signature")
ROW: Final = 9.5
NOT_SHOWN: Final = "?"
_CORE: Final = "Helvetica"


@dataclass(frozen=True, slots=True)
class PaperLine:
    name: str
    id_masked: str
    mark: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed. Identity numbers are masked already."""

    course_reference: str
    run_id: str
    session_id: str
    session_remote_id: str | None
    sequence: int
    start_at: datetime
    end_at: datetime
    lines: Sequence[PaperLine]
    generated_at: datetime
    sha256: str
    names_available: bool


def render(paper: Paper, fonts: Sequence[Path]) -> bytes:
    """The sheet as PDF; the same content makes the same bytes."""
    pdf = _Sheet(paper, fonts)
    pdf.add_page()
    pdf.rows()
    return bytes(pdf.output())


class _Sheet(FPDF):
    def __init__(self, paper: Paper, fonts: Sequence[Path]) -> None:
        super().__init__(format="A4")
        self._paper = paper
        self._lost = 0
        self.set_creation_date(paper.generated_at)
        self.set_title(f"Attendance sheet {paper.session_id}")
        self.set_lang("en-SG")
        self.set_margins(LEFT, 14, RIGHT)
        self.set_auto_page_break(auto=True, margin=BOTTOM)
        self._typeface = self._load(fonts)

    def header(self) -> None:
        paper, start, end = self._paper, _local(self._paper.start_at), _local(self._paper.end_at)
        self._write(14, "Attendance sheet", bold=True)
        self._write(10, f"{paper.course_reference}  ·  session {paper.sequence}  ·  {_span(start, end)} (Singapore)")
        self._write(7.5, f"Run {paper.run_id}")
        known = f"  ·  TPGateway {paper.session_remote_id}" if paper.session_remote_id else ""
        self._write(7.5, f"Session {paper.session_id}{known}")
        if not paper.names_available:
            self._write(8, "Names could not be had when this was printed; people stand by their enrolment's id.")
        self.ln(2)
        self._titles()

    def footer(self) -> None:
        paper = self._paper
        self.set_y(-BOTTOM + 3)
        self._small(f"Trainer's name and signature: {'_' * 34}    Date: {'_' * 14}", 8.5)
        self.ln(1)
        made = _local(paper.generated_at).strftime("%Y-%m-%d %H:%M:%S")
        self._small(f"Generated {made} (Singapore)  ·  page {self.page_no()} of {{nb}}", 7)
        self._small(f"SHA-256 of the content {paper.sha256}", 6)
        if self._lost:
            self._small(f"Letters no installed font can show are printed as {NOT_SHOWN}.", 6)

    def rows(self) -> None:
        for number, line in enumerate(self._paper.lines, start=1):
            cells = (str(number), self._fitting(line.name, WIDTHS[1] - 2), line.id_masked, line.mark, "")
            for place, (width, cell) in enumerate(zip(WIDTHS, cells, strict=True)):
                self.cell(width, ROW, cell, border=1)
                if place == 1:
                    self._face(9)
            self.ln(ROW)
        if not self._paper.lines:
            self.cell(sum(WIDTHS), ROW, "Nobody has a place on this session.", border=1)

    def _titles(self) -> None:
        self._face(8.5)
        self.set_fill_color(235, 235, 235)
        for width, title in zip(WIDTHS, TITLES, strict=True):
            self.cell(width, 7, title, border=1, fill=True)
        self.ln(7)
        self._face(9)

    def _load(self, fonts: Sequence[Path]) -> str:
        """The first font that is installed; the others step in for letters it lacks."""
        installed = [path for path in fonts if path.is_file()]
        for place, path in enumerate(installed):
            self.add_font(f"sheet{place}", fname=path)
        if not installed:
            return _CORE
        self.set_fallback_fonts([f"sheet{place}" for place in range(1, len(installed))])
        return "sheet0"

    def _face(self, size: float, *, bold: bool = False) -> None:
        style = "B" if bold and self._typeface == _CORE else ""
        self.set_font(self._typeface, style, size)

    def _write(self, size: float, words: str, *, bold: bool = False) -> None:
        self._face(size, bold=bold)
        self.cell(0, size * 0.55, self._printable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _small(self, words: str, size: float) -> None:
        self._write(size, words)

    def _printable(self, words: str) -> str:
        """What no font has a letter for becomes a question mark, and the sheet says so."""
        shown = "".join(letter if self._has(letter) else NOT_SHOWN for letter in words)
        if shown != words:
            self._lost += 1
        return shown

    def _has(self, letter: str) -> bool:
        if self._typeface == _CORE:
            return letter.encode("latin-1", errors="ignore") != b""
        return any(ord(letter) in font.cmap for font in self.fonts.values() if hasattr(font, "cmap"))

    def _fitting(self, words: str, width: float) -> str:
        """Long names become smaller, and then lose their end rather than the table its columns."""
        words = self._printable(words)
        for size in (9, 8, 7):
            self._face(size)
            if self.get_string_width(words) <= width:
                return words
        while words and self.get_string_width(f"{words}...") > width:
            words = words[:-1]
        return f"{words}..."


def _local(instant: datetime) -> datetime:
    return instant.astimezone(SINGAPORE)


def _span(start: datetime, end: datetime) -> str:
    until = end.strftime("%H:%M") if start.date() == end.date() else end.strftime("%a %d %b %Y %H:%M")
    return f"{start.strftime('%a %d %b %Y %H:%M')} to {until}"
