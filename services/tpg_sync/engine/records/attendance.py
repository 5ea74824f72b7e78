"""Attendance at TPGateway: each upload is a new row, so one is never repeated before the session was looked at."""

from collections.abc import Sequence
from datetime import datetime

from libs.tpgateway.attendance.normal import differences, normal_row, normal_upload
from libs.tpgateway.attendance.replies import AttendanceRow, rows_by_person, viewed_attendance
from libs.tpgateway.attendance.requests import UploadAttendance
from libs.tpgateway.envelope import UnreadableReply
from libs.tpgateway.normalising import normal_id
from libs.tpgateway.operations import UPLOAD_ATTENDANCE, VIEW_ATTENDANCE
from libs.tpgateway.submissions.attendance import upload_attendance
from libs.tpgateway.submissions.people import id_number
from services.tpg_sync.client.claims.attendance import AttendanceClaim
from services.tpg_sync.client.claims.claim import Known
from services.tpg_sync.client.tpgateway import Call, Reply
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.pages import UNREADABLE, Pages, Unread
from services.tpg_sync.engine.records.dealings import (
    Dealings,
    Effect,
    Found,
    Partless,
    Search,
    Sending,
    not_found,
)
from services.tpg_sync.models import JobKind, SyncRecord
from services.tpg_sync.settings import SyncSettings


class AttendanceDealings(Partless[AttendanceClaim], Dealings[AttendanceClaim]):
    def __init__(self, settings: SyncSettings) -> None:
        self._settings = settings

    def sending(self, kind: JobKind, claim: AttendanceClaim, known: Known, *, now: datetime) -> Sending:
        """Presence, correction and withdrawal are one operation: the newest row speaks."""
        del now
        body = self._upload(claim, known).body()
        call = Call(operation=UPLOAD_ATTENDANCE, values={"run_id": known.run_remote_id}, body=body)
        return Sending(kind, call, repeatable=False)

    def effect_of(self, sent: Sending, claim: AttendanceClaim, record: SyncRecord, reply: Reply) -> Effect | None:
        """The reply names no row, and none is needed: rows are found by person and session."""
        del sent, claim, record, reply
        return Effect()

    async def look(self, pages: Pages, claim: AttendanceClaim, search: Search) -> Found:
        """The person's newest row of the session says what a lost upload said, or the upload never arrived.

        The newest of all, voided ones too: a row older than a withdrawal is no trace of what came after it.
        """
        reply = await pages.one(view_of(claim, search.known, self._settings), search.attributes)
        if isinstance(reply, Unread):
            return Found.unread(reply)
        rows = rows_of(reply)
        if rows is None:
            return Found(UNREADABLE, reply, whole=False)
        ours = normal_upload(self._upload(claim, search.known))
        newest = rows_by_person(rows).get(normal_id(id_number(claim.trainee)), ())[:1]
        if any(not differences(ours, normal_row(row)) for row in newest):
            return Found(Decision(Next.SUCCEED), reply, Effect())
        return Found(not_found(search, self._settings), reply)

    def _upload(self, claim: AttendanceClaim, known: Known) -> UploadAttendance:
        return upload_attendance(
            claim.told,
            claim.trainee,
            session_id=known.session_remote_id,
            course_reference=claim.course_reference,
            uen=self._settings.tpg_uen,
            corppass_id=self._settings.tpg_corppass_id,
            mode_of_training=claim.mode_of_training,
        )


def view_of(claim: AttendanceClaim, known: Known, settings: SyncSettings) -> Call:
    """The call that shows every row of a mark's session."""
    return session_view(known.run_remote_id, known.session_remote_id, claim.course_reference, settings)


def session_view(run_id: str, session_id: str, course_reference: str, settings: SyncSettings) -> Call:
    """The call that shows every row of a session, by TPGateway's names."""
    query = {"uen": settings.tpg_uen, "courseReferenceNumber": course_reference, "sessionId": session_id}
    return Call(operation=VIEW_ATTENDANCE, values={"run_id": run_id}, query=query)


def rows_of(reply: Reply) -> Sequence[AttendanceRow] | None:
    """What stands in a session; None for an answer of another shape, which proves nothing."""
    try:
        return None if reply.answer is None else viewed_attendance(reply.answer)
    except UnreadableReply:
        return None
