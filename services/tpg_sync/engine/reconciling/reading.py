"""Reads all that TPGateway shows of one run, whole or not at all."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TypeVar

from libs.tpgateway.assessments.replies import AssessmentView, listed_assessments
from libs.tpgateway.attendance.replies import AttendanceRow
from libs.tpgateway.course_runs.replies import CourseView, ListedRun, SessionView, listed_runs, viewed_course
from libs.tpgateway.enrolments.replies import EnrolmentView, listed_enrolments
from libs.tpgateway.envelope import UnreadableReply
from libs.tpgateway.operations import (
    LIST_RUNS,
    LIST_SESSIONS,
    SEARCH_ASSESSMENTS,
    SEARCH_ENROLMENTS,
    VIEW_ENROLMENT,
    VIEW_RUN,
)
from libs.tpgateway.submissions.assessments import search_assessments
from libs.tpgateway.submissions.enrolments import search_enrolments
from services.tpg_sync.client.tpgateway import Call, Reply
from services.tpg_sync.engine.pages import Listing, Pages, Unread
from services.tpg_sync.engine.reconciling.enrolments import stands
from services.tpg_sync.engine.reconciling.scene import Ours, Theirs
from services.tpg_sync.engine.reconciling.turnstile import Stopped, Turnstile
from services.tpg_sync.engine.records.attendance import rows_of, session_view
from services.tpg_sync.engine.records.enrolment import seen_enrolment
from services.tpg_sync.engine.records.run import listed_sessions
from services.tpg_sync.settings import SyncSettings

Entry = TypeVar("Entry")


class Reader:
    """Reads for one step. Every method raises Stopped when something could not be read to its end."""

    def __init__(self, turnstile: Turnstile, settings: SyncSettings) -> None:
        self._settings = settings
        self._pages = Pages(turnstile, settings, pause=_at_once)
        self._attributes: dict[str, str | int] = {}

    async def read(self, ours: Ours) -> Theirs:
        """The run, its sessions, places, presence and results; a run without a name there is read as missing."""
        if not ours.run_ref:
            return Theirs(None)
        self._attributes = {"tms.run_id": str(ours.run.record.record_id)}
        course = await self._run(ours.run_ref)
        if course is None:
            return Theirs(None)
        reference = ours.run.ours.course_reference
        sessions = await self._sessions(ours.run_ref, reference)
        enrolments = await self._enrolments(ours.run_ref)
        return Theirs(
            course=course,
            sessions=sessions,
            enrolments=enrolments,
            rows=[row for one in sessions for row in await self._rows(ours.run_ref, one.id, reference)],
            results=await self._results(ours.run_ref),
            elsewhere=await self._elsewhere(ours, enrolments),
        )

    async def runs(self, course_reference: str) -> Sequence[ListedRun]:
        """Every run of ours that TPGateway lists for a course."""

        def page_of(page: int, size: int) -> Call:
            query = self._course_query(course_reference) | {"page": str(page), "pageSize": str(size)}
            return Call(operation=LIST_RUNS, query=query)

        return _whole(await self._pages.all(page_of, _listed_runs, lambda run: run.id, self._attributes))

    async def _run(self, run_id: str) -> CourseView | None:
        query = {"includeExpiredCourses": "true"}
        reply = await self._one(Call(operation=VIEW_RUN, values={"run_id": run_id}, query=query))
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        try:
            return None if reply.answer is None else viewed_course(reply.answer)
        except UnreadableReply:
            raise Stopped("run_unreadable") from None

    async def _sessions(self, run_id: str, course_reference: str) -> Sequence[SessionView]:
        def page_of(page: int, size: int) -> Call:
            query = self._course_query(course_reference) | {"page": str(page), "pageSize": str(size)}
            return Call(operation=LIST_SESSIONS, values={"run_id": run_id}, query=query)

        return _whole(await self._pages.all(page_of, listed_sessions, lambda one: one.id, self._attributes))

    async def _enrolments(self, run_id: str) -> Sequence[EnrolmentView]:
        def page_of(page: int, size: int) -> Call:
            sought = search_enrolments(
                uen=self._settings.tpg_uen, tp_code=self._settings.tp_code, run_id=run_id, page=page, page_size=size
            )
            return Call(operation=SEARCH_ENROLMENTS, body=sought.body())

        return _whole(await self._pages.all(page_of, _listed_enrolments, lambda one: one.reference, self._attributes))

    async def _results(self, run_id: str) -> Sequence[AssessmentView]:
        def page_of(page: int, size: int) -> Call:
            sought = search_assessments(
                uen=self._settings.tpg_uen, tp_code=self._settings.tp_code, run_id=run_id, page=page, page_size=size
            )
            return Call(operation=SEARCH_ASSESSMENTS, body=sought.body())

        return _whole(await self._pages.all(page_of, _listed_results, lambda one: one.reference, self._attributes))

    async def _rows(self, run_id: str, session_id: str, course_reference: str) -> Sequence[AttendanceRow]:
        reply = await self._one(session_view(run_id, session_id, course_reference, self._settings))
        rows = rows_of(reply)
        if rows is None:
            raise Stopped("attendance_unreadable")
        return rows

    async def _elsewhere(self, ours: Ours, listed: Sequence[EnrolmentView]) -> dict[str, EnrolmentView]:
        """Places of ours that this run does not list: each is looked up, for it may have been moved."""
        seen = {view.reference for view in listed}
        lost = [one.record.remote_id for one in ours.enrolments if one.settled and stands(one)]
        found: dict[str, EnrolmentView] = {}
        for reference in lost:
            if reference is None or reference in seen:
                continue
            reply = await self._one(Call(operation=VIEW_ENROLMENT, values={"reference": reference}))
            if reply.status == HTTPStatus.NOT_FOUND:
                continue
            view = seen_enrolment(reply)
            if view is None:
                raise Stopped("enrolment_unreadable")
            found[reference] = view
        return found

    async def _one(self, call: Call) -> Reply:
        reply = await self._pages.one(call, self._attributes)
        if isinstance(reply, Unread):
            raise Stopped(reply.decision.error_code or "unread", reply.decision.delay)
        return reply

    def _course_query(self, course_reference: str) -> dict[str, str]:
        return {
            "courseReferenceNumber": course_reference,
            "uen": self._settings.tpg_uen,
            "includeExpiredCourses": "true",
        }


async def _at_once(seconds: float) -> None:
    """The turnstile paces every call already."""
    del seconds


def _whole(listing: Listing[Entry] | Unread) -> Sequence[Entry]:
    if isinstance(listing, Unread):
        raise Stopped(listing.decision.error_code or "unread", listing.decision.delay)
    return listing.entries


def _listed_runs(reply: Reply) -> Sequence[ListedRun] | None:
    try:
        return None if reply.answer is None else listed_runs(reply.answer)
    except UnreadableReply:
        return None


def _listed_enrolments(reply: Reply) -> Sequence[EnrolmentView] | None:
    try:
        return None if reply.answer is None else listed_enrolments(reply.answer)
    except UnreadableReply:
        return None


def _listed_results(reply: Reply) -> Sequence[AssessmentView] | None:
    try:
        return None if reply.answer is None else listed_assessments(reply.answer)
    except UnreadableReply:
        return None
