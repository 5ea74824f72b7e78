"""Where a run, its sessions and its trainers differ: RUN-01, RUN-03, SES-01..03, TRN-01. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from libs.contracts.submissions import RunSubmission, SessionPart
from libs.sources import SINGAPORE
from libs.tpgateway.comparing import NormalRecord
from libs.tpgateway.course_runs.differences import differences
from libs.tpgateway.course_runs.normal import (
    NormalRun,
    NormalSession,
    normal_request,
    normal_seen_session,
    normal_session,
    normal_view,
)
from libs.tpgateway.course_runs.replies import CourseView, SessionView
from libs.tpgateway.rules.ruleset import RuleSet
from libs.tpgateway.submissions.course_runs import publish_request
from services.tpg_sync.client.claims.run import GONE
from services.tpg_sync.engine.reconciling.copies import Copies, state
from services.tpg_sync.engine.reconciling.scene import Finding, Held, Ours, Sight, Theirs
from services.tpg_sync.engine.records.run_form import live_sessions, name_sessions
from services.tpg_sync.models import Action, Code, Verdict

TRAINERS: Final = "linkCourseRunTrainer"
STANDS, GONE_THERE = "standing", "missing"


def judge_run(ours: Ours, theirs: Theirs, sight: Sight) -> list[Finding]:
    """Everything about the run itself. A run that is not there has no sessions to speak of."""
    held = ours.run
    if not held.settled:
        return []
    given_up = held.ours.status in GONE
    if theirs.course is None:
        return [] if given_up else [_finding(held, Code.RUN_MISSING, _standing(held, STANDS, GONE_THERE), sight)]
    if given_up:
        return [_finding(held, Code.RUN_DIFFERS, _standing(held, GONE_THERE, STANDS), sight)]
    return [
        *_fields(held, theirs.course, sight),
        *_sessions(held, theirs.sessions, sight),
        *_trainers(held, theirs.course, sight),
    ]


def _standing(held: Held[RunSubmission], ours: str, theirs: str) -> Copies:
    acked = None if held.acked is None else (GONE_THERE if held.acked.status in GONE else STANDS)
    nothing = GONE_THERE if held.record.acked_revision is None else None
    return Copies(state(ours), state(acked or nothing) if acked or nothing else None, state(theirs))


def _finding(held: Held[RunSubmission], code: Code, copies: Copies, sight: Sight) -> Finding:
    return Finding(
        code=code,
        verdict=copies.verdict,
        key=held.record.key,
        fields=copies.fields,
        digests=digests(copies, sight),
        suggested=Action.PUSH,
        remote_ref=held.record.remote_id,
    )


def narrowed(copies: Copies) -> Copies:
    """Reduced to what differs; where nothing does any more, as it is."""
    return copies.only(copies.fields) if copies.fields else copies


def digests(copies: Copies, sight: Sight) -> tuple[str, str, str]:
    """Of what is compared, for a person to see whether two copies are one."""
    acked = "" if copies.acked is None else sight.digest(copies.acked)
    return sight.digest(copies.ours), acked, sight.digest(copies.theirs)


def _normal(claim: RunSubmission, ruleset: RuleSet) -> NormalRun:
    return normal_request(publish_request(claim, uen="", ruleset=ruleset).course.runs[0], ruleset)


def _fields(held: Held[RunSubmission], course: CourseView, sight: Sight) -> Iterable[Finding]:
    acked = None if held.acked is None else NormalRecord(_normal(held.acked, sight.ruleset).fields)
    copies = Copies(
        NormalRecord(_normal(held.ours, sight.ruleset).fields),
        acked,
        NormalRecord(normal_view(course, sight.ruleset).fields),
    )
    if copies.verdict is not Verdict.CLEAN:
        yield _finding(held, Code.RUN_DIFFERS, narrowed(copies), sight)


def _trainers(held: Held[RunSubmission], course: CourseView, sight: Sight) -> Iterable[Finding]:
    """By the ends of id numbers, for the rest is masked."""
    seen = normal_view(course, sight.ruleset)
    if seen.trainers is None:
        return
    ours, acked = _normal(held.ours, sight.ruleset), None if held.acked is None else _normal(held.acked, sight.ruleset)
    shown = _ends(seen)
    copies = Copies(
        NormalRecord({TRAINERS: _ends(ours) if _others(ours, seen) else shown}),
        None if acked is None else NormalRecord({TRAINERS: _ends(acked) if _others(acked, seen) else shown}),
        NormalRecord({TRAINERS: shown}),
    )
    if copies.fields:
        yield _finding(held, Code.TRAINERS_DIFFER, copies, sight)


def _others(ours: NormalRun, seen: NormalRun) -> bool:
    mine, shown = (NormalRun({}, trainers=run.trainers) for run in (ours, seen))
    return bool(differences(mine, shown))


def _ends(run: NormalRun) -> str:
    return ",".join(sorted(trainer.id_end for trainer in run.trainers or ()))


# ------------------------------------------------------------------------------------------------------------ sessions


@dataclass(frozen=True, slots=True)
class _Sessions:
    """One side's sessions in normal form, by our ids."""

    parts: Mapping[UUID, SessionPart]
    forms: Mapping[UUID, NormalRecord]

    @classmethod
    def of(cls, claim: RunSubmission | None, ruleset: RuleSet) -> "_Sessions | None":
        if claim is None:
            return None
        live = live_sessions(claim)
        request = publish_request(claim, uen="", ruleset=ruleset).course.runs[0]
        made = [normal_session(sent, ruleset, run_venue=request.venue) for sent in request.sessions or ()]
        forms = {part.session_id: _record(form) for part, form in zip(live, made, strict=True)}
        return cls({part.session_id: part for part in live}, forms)


def _record(session: NormalSession) -> NormalRecord:
    return NormalRecord(session.fields)


def _sessions(held: Held[RunSubmission], listed: Iterable[SessionView], sight: Sight) -> Iterable[Finding]:
    seen = {session.id: session for session in listed if not session.deleted}
    ours, acked = _Sessions.of(held.ours, sight.ruleset), _Sessions.of(held.acked, sight.ruleset)
    if ours is None:
        return
    names = name_sessions(held.ours, held.record.parts, seen.values(), sight.ruleset)
    for part_id, name in names.items():
        view = None if name is None else seen.get(name)
        before = None if acked is None else acked.forms.get(part_id)
        begun = starts_at(ours.parts[part_id]) <= sight.now
        if view is None:
            told = held.record.parts.get(str(part_id)) is not None or before is not None
            copies = Copies(state(STANDS), state(STANDS if told else GONE_THERE), state(GONE_THERE))
            yield _of_session(held, Code.SESSION_MISSING, copies, sight, part_id, name, begun=begun)
            continue
        copies = Copies(ours.forms[part_id], before, _record(normal_seen_session(view, sight.ruleset)))
        if copies.fields:
            differ = copies.only(copies.fields)
            yield _of_session(held, Code.SESSION_DIFFERS, differ, sight, part_id, name, begun=begun)
    yield from _extra(held, seen, {name for name in names.values() if name}, sight)


def _of_session(
    held: Held[RunSubmission],
    code: Code,
    copies: Copies,
    sight: Sight,
    part_id: UUID,
    name: str | None,
    *,
    begun: bool,
) -> Finding:
    """TPGateway takes no change of a session that has begun: then a person decides."""
    return Finding(
        code=code,
        verdict=copies.verdict,
        key=held.record.key,
        remote_ref=name,
        part_id=part_id,
        fields=copies.fields,
        digests=digests(copies, sight),
        suggested=Action.ASSIGN if begun else Action.PUSH,
    )


def _extra(
    held: Held[RunSubmission], seen: Mapping[str, SessionView], named: set[str], sight: Sight
) -> Iterable[Finding]:
    """Sessions there that are none of ours, or that we have given up."""
    was_ours = {name for name in held.record.parts.values() if name}
    for name in sorted(seen.keys() - named):
        before = STANDS if name in was_ours else GONE_THERE
        copies = Copies(state(GONE_THERE), state(before), state(STANDS))
        yield Finding(
            code=Code.SESSION_EXTRA,
            verdict=copies.verdict,
            key=held.record.key,
            remote_ref=name,
            digests=digests(copies, sight),
            suggested=Action.PUSH if copies.verdict is Verdict.STALE else Action.CANCEL_REMOTE,
        )


def starts_at(part: SessionPart) -> datetime:
    """When one of our sessions begins."""
    return datetime.combine(part.start_on, part.start_time, SINGAPORE).astimezone(UTC)


def window_of(view: SessionView) -> tuple[datetime, datetime] | None:
    """When a session of theirs takes place; None for one without times, in which nobody is at a place."""
    if view.start_date is None or view.start_time is None or view.end_time is None:
        return None
    begins = datetime.combine(view.start_date, view.start_time, SINGAPORE)
    ends = datetime.combine(view.end_date or view.start_date, view.end_time, SINGAPORE)
    return begins.astimezone(UTC), ends.astimezone(UTC)
