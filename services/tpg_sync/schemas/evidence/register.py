"""The register: everybody by session, then each sheet, then every mark that was changed."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from libs.contracts.course import SessionFact, SessionStatus
from libs.contracts.evidence import MarkEvidence, MarkRevision, RateEvidence, RegisterEvidence, SheetEvidence
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.schemas.evidence.markup import Node, marked, table, tag
from services.tpg_sync.schemas.evidence.members import RecordPart
from services.tpg_sync.schemas.evidence.words import DASH, MODES, STATES, People, mark_words, sgt, somebody, span

METHODS = {
    "singpass_qr": "official scan",
    "local_qr": "room's code",
    "trainer": "by the trainer",
    "import": "imported",
    "paper": "on paper",
}


class Register:
    """What the register's tables are made of."""

    def __init__(
        self, register: RegisterEvidence, sessions: Sequence[SessionFact], people: People, records: Sequence[RecordPart]
    ) -> None:
        self.sessions = sorted(sessions, key=lambda session: (session.sequence, str(session.session_id)))
        self.people = people
        self.marks = sorted(register.marks, key=lambda mark: people.number(mark.fact.enrolment_id))
        self.sheets: Mapping[UUID, SheetEvidence] = {sheet.session_id: sheet for sheet in register.sheets}
        self.rates: Mapping[UUID, RateEvidence] = {rate.enrolment_id: rate for rate in register.rates}
        self.held = {one.record_id: one for one in records if one.record_type is RecordType.ATTENDANCE}

    def section(self) -> Iterator[Node]:
        yield tag("h2", "Register", id="register")
        yield tag("p", "Everybody who has a line on a sheet, by session. Times are Singapore time.", class_="quiet")
        yield self._overview()
        for session in self.sessions:
            yield from self._session(session)
        yield tag("h3", "Marks that were changed")
        yield table(
            ("No.", "Session", "Change", "Mark", "By", "When", "Reason"),
            self._changes(),
            empty="No mark was changed after it was made.",
        )

    def _overview(self) -> Node:
        taking_place = [session for session in self.sessions if session.status is not SessionStatus.CANCELLED]
        lines = {(mark.fact.enrolment_id, mark.fact.session_id): mark for mark in self.marks}
        on_sheets = dict.fromkeys(mark.fact.enrolment_id for mark in self.marks)
        headings = ("No.", "Name", "Identity no.", *(f"Session {one.sequence}" for one in taking_place), "Attended")
        rows = (
            (
                *self.people.cells(enrolment_id),
                *(self._cell(lines.get((enrolment_id, one.session_id)), one) for one in taking_place),
                _rate(self.rates.get(enrolment_id)),
            )
            for enrolment_id in on_sheets
        )
        return table(headings, rows, empty="No sheet was opened yet.")

    @staticmethod
    def _cell(mark: MarkEvidence | None, session: SessionFact) -> Node:
        return DASH if mark is None else mark_words(mark.fact, _minutes(session))

    def _session(self, session: SessionFact) -> Iterator[Node]:
        sheet = self.sheets.get(session.session_id)
        yield tag("h3", f"Session {session.sequence}: {span(session.start_at, session.end_at)}")
        yield tag("p", _about(session, sheet), class_="quiet")
        rows = (
            (
                *self.people.cells(mark.fact.enrolment_id),
                mark_words(mark.fact, _minutes(session), _note(mark)),
                METHODS.get(mark.fact.method or "", DASH),
                str(mark.fact.minutes_credited),
                _last_by(mark),
                sgt(mark.fact.marked_at),
                self._at_tpgateway(mark),
            )
            for mark in self.marks
            if mark.fact.session_id == session.session_id
        )
        headings = ("No.", "Name", "Identity no.", "Mark", "How", "Minutes", "By", "When", "TPGateway holds it since")
        yield table(headings, rows, empty="No sheet was opened for this session.")

    def _at_tpgateway(self, mark: MarkEvidence) -> Node:
        record = self.held.get(mark.attendance_id)
        if mark.fact.method == "singpass_qr" and not mark.fact.submission_revision:
            return "its own scan"
        if record is None or record.acked_at is None:
            return marked("not yet", "look") if mark.fact.submission_revision else "nothing owed"
        if (record.acked_revision or 0) < mark.fact.submission_revision:
            return marked("an earlier state", "look")
        return sgt(record.acked_at)

    def _changes(self) -> Iterator[Sequence[Node | None]]:
        numbers = {session.session_id: str(session.sequence) for session in self.sessions}
        for mark in self.marks:
            if len(mark.revisions) < 2:  # noqa: PLR2004 - one is how it came to be
                continue
            for place, change in enumerate(mark.revisions, 1):
                yield (
                    self.people.cells(mark.fact.enrolment_id)[0],
                    numbers.get(mark.fact.session_id, DASH),
                    f"{place} of {len(mark.revisions)}: {change.action.partition('.')[2].replace('_', ' ')}",
                    _changed_to(change),
                    somebody(change.actor_id, change.actor_role),
                    sgt(change.recorded_at),
                    change.reason or DASH,
                )


def _about(session: SessionFact, sheet: SheetEvidence | None) -> str:
    words = [MODES.get(session.mode_of_training, session.mode_of_training), session.status.value]
    if session.is_makeup:
        words.append("make-up")
    if session.remote_id:
        words.append(f"TPGateway {session.remote_id}")
    if sheet is None:
        words.append("no sheet")
    elif sheet.locked_at is not None:
        words.append(f"sheet locked {sgt(sheet.locked_at)}")
    else:
        words.append(f"sheet open, locks {sgt(sheet.lock_due_at)}")
    return " · ".join(words)


def _minutes(session: SessionFact) -> int:
    return int((session.end_at - session.start_at).total_seconds()) // 60


def _note(mark: MarkEvidence) -> str | None:
    return mark.revisions[-1].note if mark.revisions else None


def _last_by(mark: MarkEvidence) -> Node:
    if not mark.revisions:
        return DASH
    return somebody(mark.revisions[-1].actor_id, mark.revisions[-1].actor_role)


def _changed_to(change: MarkRevision) -> Node:
    words, how = STATES[change.state]
    return marked(f"{words}, {change.minutes_credited} min" if change.minutes_credited else words, how)


def _rate(rate: RateEvidence | None) -> Node:
    """In whole minutes, as it is reckoned; never a fraction."""
    if rate is None or not rate.held_minutes:
        return DASH
    words = f"{rate.credited_minutes} of {rate.held_minutes} min (needs {rate.required_pct} %)"
    return marked(words, "well" if rate.met else "wrong")
