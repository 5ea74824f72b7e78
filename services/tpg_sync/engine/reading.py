"""Reads that decide: whether a create whose reply was lost took effect, and what TPGateway calls our sessions."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from libs.contracts.submissions import RunSubmission
from libs.contracts.tpg_sync import Hint
from libs.sources import singapore_day
from libs.tpgateway.course_runs.replies import SessionView
from libs.tpgateway.rules.ruleset import RuleSet, ruleset_on
from services.tpg_sync.client.tpgateway import Call, Reply, TpgClient
from services.tpg_sync.engine import runs
from services.tpg_sync.engine.natural import Listed, candidates, form_of, name_sessions
from services.tpg_sync.engine.outcomes import Decision, Next, decide_reading
from services.tpg_sync.engine.settle import Effect
from services.tpg_sync.models import SyncJob, SyncRecord
from services.tpg_sync.settings import SyncSettings

INCOMPLETE = Decision(Next.RETRY, error_class="reading", error_code="list_incomplete")
"""The pages did not add up, because the list moved meanwhile: it proves nothing."""

UNREADABLE = Decision(Next.RETRY, error_class="reading", error_code="list_unreadable")
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Found:
    """What a read led to, with its last call for the record and how many calls it took."""

    decision: Decision
    reply: Reply
    effect: Effect | None = None
    calls: int = 1
    whole: bool = True
    """False when it could not be read to its end: it decides nothing."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the database knows of the others: runs bound to other records, and creates still being looked for."""

    bound: Collection[str]
    forms: Sequence[Mapping[str, str]]


def _rules(reply: Reply) -> RuleSet:
    return ruleset_on(singapore_day(reply.ended_at))


class Reader:
    def __init__(
        self, client: TpgClient, settings: SyncSettings, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._client = client
        self._settings = settings
        self._pause = pause

    async def sessions(self, submission: RunSubmission, record: SyncRecord, attributes: Mapping[str, Any]) -> Found:
        """Learn the ids of the run's sessions. Not all there yet is a counted retry: visibility may lag."""
        remote_id = record.remote_id or ""
        found = await self._all_sessions(submission, remote_id, attributes)
        if isinstance(found, Found):
            return found
        listed, reply, calls = found
        names = name_sessions(submission, record.parts, listed, _rules(reply))
        if None in names.values():
            unnamed = Decision(Next.RETRY, counted=True, error_class="reading", error_code="sessions_not_visible")
            return Found(unnamed, reply, calls=calls)
        return Found(Decision(Next.SUCCEED), reply, Effect(remote_id=remote_id, parts=names, acked=False), calls)

    async def lost_publish(
        self,
        job: SyncJob,
        submission: RunSubmission,
        elsewhere: Callable[[], Awaitable[Elsewhere]],
        now: datetime,
        attributes: Mapping[str, Any],
    ) -> Found:
        """Look for the run a lost publish may have made.

        Equal, sessions included: it took effect. Not there: may be sent again, once "not there" can be trusted.
        There with the same key but other fields: a person decides. `elsewhere` is asked after the list was read, so
        that a run which another job makes meanwhile is known to be that one's.
        """
        found = await self._all_runs(submission, attributes)
        if isinstance(found, Found):
            return found
        listed, reply, calls = found
        others = await elsewhere()
        verdict = candidates(form_of(submission, _rules(reply)), listed, bound=others.bound, others=others.forms)
        for remote_id in verdict.equal:
            seen = await self._all_sessions(submission, remote_id, attributes)
            if isinstance(seen, Found):
                return seen
            names = name_sessions(submission, {}, seen[0], _rules(reply))
            calls += seen[2]
            if len(seen[0]) == len(names) and None not in names.values():
                return Found(Decision(Next.SUCCEED), reply, Effect(remote_id=remote_id, parts=names), calls)
        return Found(self._not_found(job, verdict.near_fields, now), reply, calls=calls)

    def _not_found(self, job: SyncJob, near_fields: Sequence[str], now: datetime) -> Decision:
        sent_at = job.sent_at or now
        if now - sent_at < self._settings.visibility_window:
            return Decision(Next.VERIFY, error_class="unknown_end", error_code="not_visible_yet")
        if near_fields:
            hints = tuple(
                Hint(
                    field=name,
                    code="remote_differs",
                    message="TPGateway has a run with the same dates that differs here.",
                    fix="Adopt or remove that run in TPGateway, then send this one again.",
                )
                for name in near_fields
            )
            return Decision(Next.REJECT, error_class="remote_differs", error_code="remote_differs", hints=hints)
        if job.error_class == "refused":
            hints = tuple(Hint.model_validate(hint) for hint in job.hints)
            return Decision(Next.REJECT, error_class="refused", error_code=job.error_code or "", hints=hints)
        return Decision(Next.RETRY, error_class="absent", error_code="not_found_remotely")

    async def lost_edit(
        self, job: SyncJob, submission: RunSubmission, record: SyncRecord, now: datetime, attributes: Mapping[str, Any]
    ) -> Found:
        """An edit that added sessions and whose reply was lost: are they there? All of it took effect, or nothing."""
        found = await self._all_sessions(submission, record.remote_id or "", attributes)
        if isinstance(found, Found):
            return found
        listed, reply, calls = found
        names = name_sessions(submission, record.parts, listed, _rules(reply))
        if None not in names.values():
            return Found(Decision(Next.SUCCEED), reply, Effect(remote_id=record.remote_id, parts=names), calls)
        return Found(self._not_found(job, (), now), reply, calls=calls)

    async def _all_runs(
        self, submission: RunSubmission, attributes: Mapping[str, Any]
    ) -> tuple[list[Listed], Reply, int] | Found:
        def page_of(page: int) -> Call:
            size = self._settings.tpg_reads_per_page
            return runs.list_runs(submission, uen=self._settings.tpg_uen, page=page, page_size=size)

        return await self._pages(page_of, runs.listed_runs, lambda run: run.remote_id, attributes)

    async def _all_sessions(
        self, submission: RunSubmission, remote_id: str, attributes: Mapping[str, Any]
    ) -> tuple[list[SessionView], Reply, int] | Found:
        def page_of(page: int) -> Call:
            size = self._settings.tpg_reads_per_page
            return runs.list_sessions(submission, remote_id, uen=self._settings.tpg_uen, page=page, page_size=size)

        return await self._pages(page_of, runs.listed_sessions, lambda session: session.id, attributes)

    async def _pages(
        self,
        page_of: Callable[[int], Call],
        entries_of: Callable[[Reply], Sequence[Entry] | None],
        identity: Callable[[Entry], str],
        attributes: Mapping[str, Any],
    ) -> tuple[list[Entry], Reply, int] | Found:
        """Every entry of a list, page after page at the agreed pace; a Found when it could not be read whole."""
        entries: dict[str, Entry] = {}
        for page in count():
            if page:
                await self._pause(1 / self._settings.tpg_rate_per_s)
            reply = await self._client.call(page_of(page), attributes=attributes)
            decision = decide_reading(reply)
            if decision.next is not Next.SUCCEED:
                return Found(decision, reply, calls=page + 1, whole=False)
            seen = entries_of(reply)
            if seen is None:
                return Found(UNREADABLE, reply, calls=page + 1, whole=False)
            entries.update((identity(entry), entry) for entry in seen)
            total = runs.total_of(reply)
            if seen and (len(entries) < total if total is not None else len(seen) == self._settings.tpg_reads_per_page):
                continue
            if total is not None and len(entries) < total:
                return Found(INCOMPLETE, reply, calls=page + 1, whole=False)
            return list(entries.values()), reply, page + 1
        raise AssertionError("count() does not end")
