"""How the page writes instants, people and states: Singapore time, masked, in plain words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from libs.contracts.attendance import AttendanceFact, MarkState
from libs.contracts.evidence import EnrolmentsEvidence, PlaceEvidence
from libs.sources import SINGAPORE
from services.tpg_sync.schemas.evidence.markup import Node, marked, tag

SHOWN_OF_ACCOUNT: Final = 6
DASH: Final = "\N{EN DASH}"
STATES: Final[Mapping[MarkState, tuple[str, str]]] = {
    MarkState.PRESENT: ("present", "well"),
    MarkState.ABSENT: ("absent", "look"),
    MarkState.UNMARKED: ("not marked", "look"),
    MarkState.CHECKED_IN: ("checked in, not confirmed", "look"),
    MarkState.REJECTED: ("check-in rejected", "look"),
    MarkState.VOIDED: ("void", "wrong"),
}
MODES: Final = {
    "1": "classroom",
    "2": "asynchronous e-learning",
    "3": "in-house",
    "4": "on the job",
    "5": "practical",
    "6": "supervised field",
    "7": "traineeship",
    "8": "assessment",
    "9": "synchronous e-learning",
}


def sgt(at: datetime | None) -> str:
    """`Mon 23 Mar 2026 09:00`; a dash for no instant."""
    return DASH if at is None else at.astimezone(SINGAPORE).strftime("%a %d %b %Y %H:%M")


def span(start: datetime, end: datetime) -> str:
    same = start.astimezone(SINGAPORE).date() == end.astimezone(SINGAPORE).date()
    until = end.astimezone(SINGAPORE).strftime("%H:%M") if same else sgt(end)
    return f"{sgt(start)} {DASH} {until}"


def lasted(seconds: int | None) -> str:
    """`3 days 4 h`, in the two largest parts."""
    if seconds is None:
        return DASH
    length = abs(timedelta(seconds=seconds))
    hours, minutes = divmod(length.seconds // 60, 60)
    parts = [(length.days, "d"), (hours, "h"), (minutes, "min")]
    told = [f"{count} {unit}" for count, unit in parts if count][:2]
    return " ".join(told) or "less than a minute"


def somebody(actor_id: str | None, role: str | None = None) -> Node:
    """An account by its role and the end of its id; the whole id on pointing at it, and in the JSON files."""
    if actor_id is None:
        return DASH
    short = f"…{actor_id[-SHOWN_OF_ACCOUNT:]}" if len(actor_id) > SHOWN_OF_ACCOUNT else actor_id
    words = short if role is None else role if role == actor_id else f"{role} {short}"
    return tag("span", words, title=actor_id)


def entry_no(seq: int) -> Node:
    return tag("code", f"entry {seq}")


def mark_words(fact: AttendanceFact, minutes: int, note: str | None = None) -> Node:
    """How somebody attended; what is less than the whole session is told."""
    words, how = STATES[fact.state]
    if fact.state is MarkState.PRESENT and fact.minutes_credited < minutes:
        words = f"{words}, {fact.minutes_credited} of {minutes} min"
    return marked(f"{words}, {note.replace('_', ' ')}" if note else words, how)


class People:
    """Who is on the run, by number: the same number on every table of the page."""

    def __init__(self, enrolments: EnrolmentsEvidence) -> None:
        ordered = sorted(enrolments.places, key=lambda place: (place.name_masked.casefold(), str(place.enrolment_id)))
        self.places: Mapping[UUID, PlaceEvidence] = {place.enrolment_id: place for place in ordered}
        self._numbers = {enrolment_id: number for number, enrolment_id in enumerate(self.places, 1)}

    def number(self, enrolment_id: UUID) -> int:
        """From 1; what enrolment does not know stands at the end."""
        return self._numbers.get(enrolment_id, len(self._numbers) + 1)

    def cells(self, enrolment_id: UUID) -> tuple[str, str, str]:
        """Number, masked name, masked identity number."""
        place = self.places.get(enrolment_id)
        if place is None:
            return DASH, f"enrolment {enrolment_id}", ""
        return str(self._numbers[enrolment_id]), place.name_masked, place.id_masked
