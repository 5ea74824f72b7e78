"""Where presence differs, session by session and person by person: ATT-01..04. Pure.

One person may have several rows in one session: the newest that is not voided counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from libs.contracts.attendance import MarkState
from libs.contracts.submissions import EnrolmentSubmission
from libs.tpgateway.attendance.normal import STATUS_WORDS, normal_row, normal_upload
from libs.tpgateway.attendance.replies import VOIDED, AttendanceRow, newest_by_person
from libs.tpgateway.comparing import NormalRecord
from libs.tpgateway.normalising import normal_id, normal_text
from libs.tpgateway.submissions.attendance import upload_attendance
from libs.tpgateway.submissions.people import id_number
from services.tpg_sync.client.claims.attendance import AttendanceClaim
from services.tpg_sync.engine.reconciling.copies import Copies, state
from services.tpg_sync.engine.reconciling.enrolments import seen_person, stands
from services.tpg_sync.engine.reconciling.runs import GONE_THERE, STANDS, digests
from services.tpg_sync.engine.reconciling.scene import Finding, Held, Ours, Sight, Theirs, person
from services.tpg_sync.models import Action, Code, Verdict

UPLOADED: Final = "manual"
"""How a row came to be that somebody uploaded or entered; any other was scanned by the person."""
CONFIRMED: Final = STATUS_WORDS["1"]
COMPARED: Final = frozenset({"status", "trainee.numberOfHours"})
"""What a person told Singpass about themselves may differ without harm."""


def judge_attendance(ours: Ours, theirs: Theirs, sight: Sight) -> list[Finding]:
    """Every mark of ours, then everybody whom TPGateway shows present and of whom we hold nothing."""
    names = {str(part): name for part, name in ours.run.record.parts.items() if name}
    rows: dict[str, list[AttendanceRow]] = {}
    for row in theirs.rows:
        rows.setdefault(row.session_id, []).append(row)
    newest = {session: newest_by_person(of_session) for session, of_session in rows.items()}
    found: list[Finding] = []
    spoken_for: set[tuple[str, str]] = set()
    for held in ours.marks:
        session = names.get(str(held.ours.attendance.session_id), "")
        who = normal_id(id_number(held.ours.trainee))
        spoken_for.add((session, who))
        if session and held.settled:
            found += _mark(held, newest.get(session, {}).get(who), session, ours, sight)
    parts = {name: UUID(part) for part, name in names.items()}
    for session, by_person in newest.items():
        free = {who: row for who, row in by_person.items() if (session, who) not in spoken_for and not row.is_voided}
        found += _unmarked(free, parts.get(session), ours, theirs, sight)
    return found


def is_scan(row: AttendanceRow) -> bool:
    """Made by the person's own Singpass, and so a fact of TPGateway's."""
    return normal_text(row.entry_mode or "") not in {"", UPLOADED}


def row_ref(row: AttendanceRow) -> str:
    """A name for a row: TPGateway numbers them, and shows them by session."""
    return f"{row.session_id}#{row.row_id or ''}"


def _mark(
    held: Held[AttendanceClaim], row: AttendanceRow | None, session: str, run: Ours, sight: Sight
) -> Iterator[Finding]:
    if held.ours.takes_back:
        if row is not None and not row.is_voided:
            code = Code.ATTENDANCE_STATUS if _is(held, MarkState.VOIDED) else Code.ATTENDANCE_UNMARKED
            yield _taken_back(held, row, session, code, sight)
        return
    if _is(held, MarkState.CHECKED_IN) and held.record.acked_revision is None:
        return  # not told before somebody has marked it
    if row is None and held.record.acked_revision is None and not _seated(held, run):
        return  # nobody is told present there without a place, and theirs was given up before the mark was told
    ours, acked = _told(held.ours), None if held.acked is None else _told(held.acked)
    if row is None:
        before = STANDS if held.record.acked_revision is not None else GONE_THERE
        copies = Copies(state(STANDS), state(before), state(GONE_THERE))
        yield _finding(held, Code.ATTENDANCE_MISSING, copies, session, Action.PUSH, sight)
        return
    theirs = normal_row(row)
    if is_scan(row):
        theirs = NormalRecord({"status": theirs.fields.get("status", "")})
    copies = Copies(ours, acked, theirs).only(COMPARED)
    if copies.fields:
        suggested = Action.ASSIGN if is_scan(row) else Action.PUSH
        ref = row_ref(row)
        yield _finding(held, Code.ATTENDANCE_STATUS, copies.only(copies.fields), ref, suggested, sight)


def _seated(held: Held[AttendanceClaim], run: Ours) -> bool:
    """Whether the person of a mark holds a place on the run, under whatever enrolment."""
    who = normal_id(id_number(held.ours.trainee))
    return any(stands(seat) and person(seat) == who for seat in run.enrolments)


def _is(held: Held[AttendanceClaim], wanted: MarkState) -> bool:
    return held.ours.attendance.state == wanted


def _taken_back(held: Held[AttendanceClaim], row: AttendanceRow, session: str, code: Code, sight: Sight) -> Finding:
    """Ours is void or absent, and theirs stands: of a scan, a person decides."""
    del session
    before = None if held.acked is None else _told(held.acked).fields.get("status")
    nothing = normal_text(VOIDED) if held.record.acked_revision is None else None
    acked = before or nothing
    copies = Copies(state(normal_text(VOIDED)), state(acked) if acked else None, state(normal_text(row.status)))
    if code is Code.ATTENDANCE_UNMARKED:
        suggested = Action.PULL if is_scan(row) else Action.ASSIGN
    else:
        suggested = Action.ASSIGN if is_scan(row) else Action.PUSH
    return _finding(held, code, copies, row_ref(row), suggested, sight)


def _told(claim: AttendanceClaim) -> NormalRecord:
    request = upload_attendance(
        claim.told,
        claim.trainee,
        session_id="",
        course_reference=claim.course_reference,
        uen="",
        corppass_id="",
        mode_of_training=claim.mode_of_training,
    )
    return normal_upload(request)


def _finding(
    held: Held[AttendanceClaim], code: Code, copies: Copies, remote_ref: str, suggested: Action, sight: Sight
) -> Finding:
    mark = held.ours.attendance
    return Finding(
        code=code,
        verdict=copies.verdict,
        key=held.record.key,
        remote_ref=remote_ref,
        part_id=mark.session_id,
        enrolment_id=mark.enrolment_id,
        fields=copies.fields,
        digests=digests(copies, sight),
        suggested=suggested,
    )


def _unmarked(
    rows: Mapping[str, AttendanceRow], part_id: UUID | None, ours: Ours, theirs: Theirs, sight: Sight
) -> Iterator[Finding]:
    """Present there, and no mark of ours was ever told: unmarked or absent here, or not enrolled at all."""
    for who, row in rows.items():
        seats = [held for held in ours.enrolments if person(held) == who]
        if any(not held.settled or (part_id, held.record.record_id) in ours.untold_marks for held in seats):
            continue
        seat = next((held for held in seats if stands(held)), None)
        if seat is not None:
            if normal_text(row.status) == normal_text(CONFIRMED):
                yield _seen_only(row, Code.ATTENDANCE_UNMARKED, part_id, seat, sight)
        elif not ours.unheard and who not in _enrolled_there(theirs):
            yield _seen_only(row, Code.ATTENDANCE_STRANGER, part_id, next(iter(seats), None), sight)


def _enrolled_there(theirs: Theirs) -> set[str]:
    """Whoever holds a place there that stands; if it is unknown here, that is told of the place."""
    return {seen_person(view) for view in theirs.enrolments if not view.is_cancelled}


def _seen_only(
    row: AttendanceRow, code: Code, part_id: UUID | None, seat: Held[EnrolmentSubmission] | None, sight: Sight
) -> Finding:
    copies = Copies(state(GONE_THERE), state(GONE_THERE), state(STANDS))
    pulled = code is Code.ATTENDANCE_UNMARKED and is_scan(row)
    return Finding(
        code=code,
        verdict=Verdict.DRIFT,
        remote_ref=row_ref(row),
        part_id=part_id,
        enrolment_id=None if seat is None else seat.record.record_id,
        digests=("", "", digests(copies, sight)[2]),
        suggested=Action.PULL if pulled else Action.ASSIGN,
    )


def present_rows(rows: Sequence[AttendanceRow]) -> list[AttendanceRow]:
    """One row for each person and session that TPGateway holds to have been there."""
    by_session: dict[str, list[AttendanceRow]] = {}
    for row in rows:
        by_session.setdefault(row.session_id, []).append(row)
    newest = (row for of_session in by_session.values() for row in newest_by_person(of_session).values())
    return [row for row in newest if normal_text(row.status) == normal_text(CONFIRMED)]
