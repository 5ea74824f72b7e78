"""Course runs at TPGateway: the calls that publish, edit and delete them, and the reads that find them again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libs.contracts.submissions import RunSubmission
from libs.sources import singapore_day
from libs.tpgateway.course_runs import replies
from libs.tpgateway.course_runs.replies import SessionView
from libs.tpgateway.envelope import UnreadableReply
from libs.tpgateway.operations import DELETE_RUN, EDIT_RUN, LIST_RUNS, LIST_SESSIONS, PUBLISH_RUNS
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.submissions import course_runs as wire
from services.tpg_sync.client.tpgateway import Call, Reply
from services.tpg_sync.engine.natural import Form, Listed, form_of_listed, form_of_request, live_sessions
from services.tpg_sync.engine.settle import Effect
from services.tpg_sync.models import JobKind, SyncRecord


@dataclass(frozen=True, slots=True)
class Sending:
    """One call about a run, whether it may be repeated blindly, and what holds once it succeeded."""

    kind: JobKind
    call: Call
    repeatable: bool
    form: Form | None = None
    """For a create: what it will be recognised by if its reply is lost."""


def with_names(submission: RunSubmission, record: SyncRecord) -> RunSubmission:
    """The submission with the ids TPGateway gave: we learn them first, whatever the owner knows yet."""
    sessions = tuple(
        part.model_copy(update={"remote_id": record.parts.get(str(part.session_id))}) for part in submission.sessions
    )
    return submission.model_copy(update={"remote_id": record.remote_id, "sessions": sessions})


def sending(kind: JobKind, named: RunSubmission, *, uen: str, now: datetime) -> Sending:
    """What brings TPGateway from what it has to this submission (one that has gone through `with_names`).

    An edit of a run it does not have is a publish, a publish of one it has is an edit. An edit that adds sessions
    creates something, so it must not be repeated blindly either.
    """
    ruleset = ruleset_on(singapore_day(now))
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


def list_runs(submission: RunSubmission, *, uen: str, page: int, page_size: int) -> Call:
    return Call(operation=LIST_RUNS, query=_query(submission, uen, page, page_size))


def list_sessions(submission: RunSubmission, remote_id: str, *, uen: str, page: int, page_size: int) -> Call:
    return Call(operation=LIST_SESSIONS, values={"run_id": remote_id}, query=_query(submission, uen, page, page_size))


def _query(submission: RunSubmission, uen: str, page: int, page_size: int) -> dict[str, str]:
    return {
        "courseReferenceNumber": submission.course_reference,
        "uen": uen,
        "page": str(page),
        "pageSize": str(page_size),
        "includeExpiredCourses": "true",
    }


def effect_of(sent: Sending, submission: RunSubmission, record: SyncRecord, reply: Reply) -> Effect | None:
    """What a success means; None when the answer does not name the run it made, so that it must be looked for."""
    if sent.kind is JobKind.RUN_DELETE:
        return Effect(removed=True)
    parts = {part.session_id: record.parts.get(str(part.session_id)) for part in live_sessions(submission)}
    if sent.kind is JobKind.RUN_EDIT:
        return Effect(remote_id=record.remote_id, parts=parts)
    remote_id = published_id(reply)
    return None if remote_id is None else Effect(remote_id=remote_id, parts=parts)


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
    ruleset = ruleset_on(singapore_day(reply.ended_at))
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


def total_of(reply: Reply) -> int | None:
    """How many entries the whole list has, when it says so."""
    return None if reply.answer is None else reply.answer.total
