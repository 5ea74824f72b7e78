"""Course runs at TPGateway: the calls that publish, edit and delete them, and the reads that find them again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.contracts.submissions import RunSubmission
from libs.sources import singapore_day
from libs.tpgateway.course_runs import replies
from libs.tpgateway.course_runs.replies import SessionView
from libs.tpgateway.envelope import UnreadableReply
from libs.tpgateway.operations import DELETE_RUN, EDIT_RUN, LIST_RUNS, LIST_SESSIONS, PUBLISH_RUNS
from libs.tpgateway.rules.ruleset import RuleSet, ruleset_on
from libs.tpgateway.submissions import course_runs as wire
from services.tpg_sync.client.claims.claim import Known
from services.tpg_sync.client.claims.run import with_names
from services.tpg_sync.client.tpgateway import Call, Reply
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.pages import Listing, Pages, Unread
from services.tpg_sync.engine.records.dealings import (
    Attributes,
    Dealings,
    Effect,
    Found,
    Search,
    Sending,
    not_found,
)
from services.tpg_sync.engine.records.run_form import (
    Listed,
    candidates,
    form_of,
    form_of_listed,
    form_of_request,
    live_sessions,
    name_sessions,
)
from services.tpg_sync.models import JobKind, SyncRecord
from services.tpg_sync.settings import SyncSettings


class RunDealings(Dealings[RunSubmission]):
    def __init__(self, settings: SyncSettings) -> None:
        self._settings = settings

    def sending(self, kind: JobKind, claim: RunSubmission, known: Known, *, now: datetime) -> Sending:
        """An edit that adds sessions creates something, so it must not be repeated blindly either."""
        ruleset, uen = ruleset_on(singapore_day(now)), self._settings.tpg_uen
        named = with_names(claim, known.record)
        if named.remote_id is None:
            publish = wire.publish_request(named, uen=uen, ruleset=ruleset)
            call = Call(operation=PUBLISH_RUNS, body=publish.body())
            return Sending(JobKind.RUN_PUBLISH, call, repeatable=False, form=form_of_request(publish, ruleset))
        values = {"run_id": named.remote_id}
        if kind is JobKind.RUN_DELETE:
            removal = wire.delete_request(named, uen=uen)
            return Sending(kind, Call(operation=DELETE_RUN, values=values, body=removal.body()), repeatable=True)
        edit = wire.edit_request(named, uen=uen, ruleset=ruleset, now=now)
        adds = any(part.remote_id is None for part in live_sessions(named))
        call = Call(operation=EDIT_RUN, values=values, body=edit.body())
        return Sending(JobKind.RUN_EDIT, call, repeatable=not adds)

    def effect_of(self, sent: Sending, claim: RunSubmission, record: SyncRecord, reply: Reply) -> Effect | None:
        if sent.kind is JobKind.RUN_DELETE:
            return Effect(removed=True)
        parts = {part.session_id: record.parts.get(str(part.session_id)) for part in live_sessions(claim)}
        if sent.kind is JobKind.RUN_EDIT:
            return Effect(remote_id=record.remote_id, parts=parts)
        remote_id = published_id(reply)
        return None if remote_id is None else Effect(remote_id=remote_id, parts=parts)

    async def learn_names(self, pages: Pages, claim: RunSubmission, known: Known, attributes: Attributes) -> Found:
        """Learn the ids of the run's sessions. Not all there yet is a counted retry: visibility may lag."""
        remote_id = known.record.remote_id or ""
        listing = await self._sessions(pages, claim, remote_id, attributes)
        if isinstance(listing, Unread):
            return Found.unread(listing)
        reply, calls = listing.reply, listing.calls
        names = name_sessions(claim, known.record.parts, listing.entries, _rules(reply))
        if None in names.values():
            unnamed = Decision(Next.RETRY, counted=True, error_class="reading", error_code="sessions_not_visible")
            return Found(unnamed, reply, calls=calls)
        return Found(Decision(Next.SUCCEED), reply, Effect(remote_id=remote_id, parts=names, acked=False), calls)

    async def look(self, pages: Pages, claim: RunSubmission, search: Search) -> Found:
        if search.job.kind == JobKind.RUN_EDIT:
            return await self._lost_edit(pages, claim, search)
        return await self._lost_publish(pages, claim, search)

    async def _lost_publish(self, pages: Pages, claim: RunSubmission, search: Search) -> Found:
        """The run a lost publish may have made: equal, sessions included."""
        listing = await self._runs(pages, claim, search.attributes)
        if isinstance(listing, Unread):
            return Found.unread(listing)
        reply, calls, rules = listing.reply, listing.calls, _rules(listing.reply)
        elsewhere = await search.elsewhere({run.remote_id for run in listing.entries})
        verdict = candidates(form_of(claim, rules), listing.entries, bound=elsewhere.bound, others=elsewhere.forms)
        for remote_id in verdict.equal:
            seen = await self._sessions(pages, claim, remote_id, search.attributes)
            if isinstance(seen, Unread):
                return Found.unread(seen)
            names = name_sessions(claim, {}, seen.entries, rules)
            calls += seen.calls
            if len(seen.entries) == len(names) and None not in names.values():
                return Found(Decision(Next.SUCCEED), reply, Effect(remote_id=remote_id, parts=names), calls)
        verdict_of_none = not_found(search, self._settings, verdict.near_fields, what="a run with the same dates")
        return Found(verdict_of_none, reply, calls=calls)

    async def _lost_edit(self, pages: Pages, claim: RunSubmission, search: Search) -> Found:
        """An edit that added sessions and whose reply was lost: are they there? All of it took effect, or nothing."""
        record = search.known.record
        listing = await self._sessions(pages, claim, record.remote_id or "", search.attributes)
        if isinstance(listing, Unread):
            return Found.unread(listing)
        reply, calls = listing.reply, listing.calls
        names = name_sessions(claim, record.parts, listing.entries, _rules(reply))
        if None not in names.values():
            return Found(Decision(Next.SUCCEED), reply, Effect(remote_id=record.remote_id, parts=names), calls)
        return Found(not_found(search, self._settings), reply, calls=calls)

    async def _runs(self, pages: Pages, claim: RunSubmission, attributes: Attributes) -> Listing[Listed] | Unread:
        def page_of(page: int, size: int) -> Call:
            return Call(operation=LIST_RUNS, query=self._query(claim, page, size))

        return await pages.all(page_of, listed_runs, lambda run: run.remote_id, attributes)

    async def _sessions(
        self, pages: Pages, claim: RunSubmission, remote_id: str, attributes: Attributes
    ) -> Listing[SessionView] | Unread:
        def page_of(page: int, size: int) -> Call:
            query = self._query(claim, page, size)
            return Call(operation=LIST_SESSIONS, values={"run_id": remote_id}, query=query)

        return await pages.all(page_of, listed_sessions, lambda session: session.id, attributes)

    def _query(self, claim: RunSubmission, page: int, size: int) -> dict[str, str]:
        return {
            "courseReferenceNumber": claim.course_reference,
            "uen": self._settings.tpg_uen,
            "page": str(page),
            "pageSize": str(size),
            "includeExpiredCourses": "true",
        }


def _rules(reply: Reply) -> RuleSet:
    return ruleset_on(singapore_day(reply.ended_at))


def published_id(reply: Reply) -> str | None:
    try:
        ids = replies.published_ids(reply.answer) if reply.answer is not None else ()
    except UnreadableReply:
        return None
    return ids[0] if ids else None


def listed_runs(reply: Reply) -> list[Listed] | None:
    """The entries of one page; None for an answer of another shape, which proves nothing."""
    answer = reply.answer
    if answer is None or not (answer.says_none or _has_list(answer.data)):
        return None
    ruleset = _rules(reply)
    try:
        return [Listed(run.id, form_of_listed(run, ruleset)) for run in replies.listed_runs(answer)]
    except UnreadableReply:
        return None


def _has_list(data: Any) -> bool:
    """An answer without the list itself is no empty list."""
    course = data.get("course") if isinstance(data, Mapping) else None
    return isinstance(course, Mapping) and isinstance(course.get("runs"), list)


def listed_sessions(reply: Reply) -> list[SessionView] | None:
    """The same for sessions."""
    try:
        return None if reply.answer is None else list(replies.listed_sessions(reply.answer))
    except UnreadableReply:
        return None
