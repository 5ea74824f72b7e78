"""What TPGateway tells of attendance: every row of a session, ours and those scanned with Singpass.

One person may have several rows, for each upload and each scan makes one. The status is a word here, not a code, and
numbers are text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from pydantic import Field

from libs.tpgateway.envelope import Reply, UnreadableReply
from libs.tpgateway.normalising import normal_id, normal_text
from libs.tpgateway.reading import read_data
from libs.tpgateway.wire import Reference, Seen, SeenNumber

VOIDED: Final = "TP Voided"
"""How TPGateway names a row that we withdrew."""


class _Code(Seen):
    code: str | None = None


class _Phone(Seen):
    country_code: str | None = Field(default=None, repr=False)
    area_code: str | None = Field(default=None, repr=False)
    mobile: str | None = Field(default=None, repr=False)


class _Attendee(Seen):
    id: str | None = Field(default=None, repr=False)
    name: str | None = Field(default=None, repr=False)
    email: str | None = Field(default=None, repr=False)
    id_type: _Code | None = None
    contact_number: _Phone | None = None
    survey_language: _Code | None = None


class _Row(Seen):
    id: str | None = None
    status: str | None = None
    nric: str | None = Field(default=None, repr=False)
    number_of_hours: SeenNumber = None
    entry_mode: str | None = None
    edited_by_tp: str | None = Field(default=None, alias="editedByTP")
    sent_to_traqom: str | None = None
    error_message: str | None = Field(default=None, repr=False)
    trainee: _Attendee | None = None


class _Session(Seen):
    id: Reference
    attendance: tuple[_Row, ...] | None = None


class _Run(Seen):
    sessions: tuple[_Session, ...]


class _Viewed(Seen):
    course_run: _Run


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One row of one session; `status` is TPGateway's word. Nothing personal shows in a repr."""

    session_id: str
    row_id: str | None
    status: str
    id_number: str = field(repr=False)
    id_type: str | None = None
    hours: Decimal | None = None
    entry_mode: str | None = None
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    country_code: str | None = field(default=None, repr=False)
    area_code: str | None = field(default=None, repr=False)
    mobile: str | None = field(default=None, repr=False)
    survey_language: str | None = None
    edited_by_tp: str | None = None
    sent_to_traqom: str | None = None
    error_message: str | None = field(default=None, repr=False)

    @property
    def person(self) -> str:
        """By what rows of one person are one person's: the identity number, whatever its spelling."""
        return normal_id(self.id_number)

    @property
    def is_voided(self) -> bool:
        return normal_text(self.status) == normal_text(VOIDED)


def viewed_attendance(answer: Reply) -> tuple[AttendanceRow, ...]:
    """Every row, in TPGateway's order; 404 is how it says "none", of an unknown session as well.

    Raises UnreadableReply for a refusal, and for a success of another shape: that proves no absence.
    """
    if answer.says_none:
        return ()
    sessions = read_data(_Viewed, answer).course_run.sessions
    if answer.total and not any(session.attendance for session in sessions):
        untold = sum(session.attendance is None for session in sessions)
        if untold or not sessions:
            raise UnreadableReply(answer.http_status, "it counts rows and shows none")
    return tuple(_row(session.id, row) for session in sessions for row in session.attendance or ())


def rows_by_person(rows: Iterable[AttendanceRow]) -> Mapping[str, tuple[AttendanceRow, ...]]:
    """The rows of one session by `person`, each person's newest first: TPGateway numbers rows as they come."""
    groups: dict[str, list[AttendanceRow]] = {}
    for row in rows:
        groups.setdefault(row.person, []).append(row)
    return {person: _newest_first(group) for person, group in groups.items()}


def newest_by_person(rows: Iterable[AttendanceRow]) -> Mapping[str, AttendanceRow]:
    """For each `person` of one session the row that counts: the newest that is not voided, else the newest."""
    return {
        person: next((row for row in group if not row.is_voided), group[0])
        for person, group in rows_by_person(rows).items()
    }


def _newest_first(rows: list[AttendanceRow]) -> tuple[AttendanceRow, ...]:
    """By number where all rows have one, else as listed, the last of them the newest."""
    numbered = [(int(row.row_id), row) for row in rows if row.row_id and row.row_id.isdecimal()]
    if len(numbered) < len(rows):
        return tuple(reversed(rows))
    return tuple(row for _, row in sorted(numbered, key=lambda pair: pair[0], reverse=True))


def _row(session_id: str, row: _Row) -> AttendanceRow:
    trainee = row.trainee or _Attendee()
    phone = trainee.contact_number or _Phone()
    return AttendanceRow(
        session_id=session_id,
        row_id=row.id,
        status=row.status or "",
        id_number=trainee.id or row.nric or "",
        id_type=trainee.id_type.code if trainee.id_type else None,
        hours=row.number_of_hours,
        entry_mode=row.entry_mode,
        name=trainee.name,
        email=trainee.email,
        country_code=phone.country_code,
        area_code=phone.area_code,
        mobile=phone.mobile,
        survey_language=trainee.survey_language.code if trainee.survey_language else None,
        edited_by_tp=row.edited_by_tp,
        sent_to_traqom=row.sent_to_traqom,
        error_message=row.error_message,
    )
