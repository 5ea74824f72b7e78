"""What codes and states mean, in words for people. Times are Singapore's."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from libs.sources import SINGAPORE, singapore_day
from libs.tpgateway.rules.ruleset import ruleset_on
from services.tpg_sync.models import READINGS, HeardEvent, JobKind, JobState, SyncAttempt, SyncJob
from services.tpg_sync.models.step import NextKind, NextStep

K = JobKind
DEEDS: Final[Mapping[JobKind, str]] = {
    K.RUN_PUBLISH: "publish the run",
    K.RUN_EDIT: "change the run",
    K.RUN_DELETE: "take the run back",
    K.RUN_SESSIONS: "read what the sessions are called",
    K.ENROLMENT_CREATE: "enrol",
    K.ENROLMENT_UPDATE: "change the enrolment",
    K.ENROLMENT_CANCEL: "cancel the enrolment",
    K.FEE_COLLECT: "tell how far the fee is collected",
    K.ATTENDANCE_UPLOAD: "upload the attendance",
    K.ASSESSMENT_CREATE: "tell the result",
    K.ASSESSMENT_UPDATE: "change the result",
    K.ASSESSMENT_VOID: "void the result",
    K.RUN_DROP_SESSION: "take away a session that is none of ours",
    K.RUN_DELETE_FOREIGN: "take back a run that is none of ours",
    K.ENROLMENT_CANCEL_FOREIGN: "cancel an enrolment that is none of ours",
    K.ATTENDANCE_VOID_FOREIGN: "void attendance that is none of ours",
    K.ASSESSMENT_VOID_FOREIGN: "void a result that is none of ours",
}
"""What each kind of job asks of TPGateway."""

_CAUSES: Final[Mapping[str, str]] = {
    "unreachable": "TPGateway could not be reached: nothing was sent",
    "unknown_end": "The answer was lost or an error of TPGateway's own: it may have been carried out",
    "too_many": "TPGateway asked for fewer calls: it took nothing",
    "outstanding": "TPGateway is still at an earlier call about this record",
    "credentials": "TPGateway did not accept our credentials: all sending is held",
    "encryption": "TPGateway and we could not decrypt each other: all sending is held",
    "refused": "TPGateway refused it",
    "invalid": "Our own check found what TPGateway would refuse: nothing was sent",
    "remote_differs": "TPGateway holds something else than what was sent",
    "absent": "It was looked for and TPGateway does not have it: it is safe to send again",
    "owner": "The service that owns the record does not know it",
    "owner_away": "The service that owns the record could not be asked: nothing was sent",
    "waiting": "What it hangs on cannot be seen at TPGateway yet",
    "reading": "Something had to be read first",
    "restored": "Our database was restored from a backup: TPGateway may hold it already",
    "lease": "Another worker has taken it over",
    "unforeseen": "A worker failed in the middle of it",
}
_CODES: Final[Mapping[str, str]] = {
    "worker_lost": "its worker died while the call was out",
    "not_visible_yet": "it cannot be seen there yet",
    "looked_for_first": "nothing is created before it was looked for",
    "no_id_in_reply": "the answer names no record",
    "session_names_read": "what TPGateway calls the sessions",
    "sessions_not_visible": "the sessions cannot be seen there yet",
    "list_incomplete": "a list came incomplete",
    "list_unreadable": "a list could not be read",
    "owner_behind": "it is behind its own events",
    "request_not_decryptable": "TPGateway could not decrypt ours",
    "reply_unreadable": "we could not decrypt theirs",
}
_AFTERWARDS: Final[Mapping[str, str]] = {
    "verify": "It is looked up before anything is sent again.",
    "retry": "It is tried again.",
    "reject": "A person must mend it.",
}


def reason_of(attempt: SyncAttempt) -> str:
    """How a call ended, why, and what that leads to."""
    if attempt.outcome == "succeed":
        return "TPGateway answered." if _only_read(attempt) else "TPGateway took it."
    told = [cause_of(attempt.error_class, attempt.error_code, at=attempt.ended_at)]
    if attempt.outcome in _AFTERWARDS and not (attempt.outcome == "retry" and attempt.next_at is None):
        told.append(_AFTERWARDS[attempt.outcome])
    elif attempt.outcome == "retry":
        told.append("Every try is used up: a person must decide.")
    return " ".join(told)


def _only_read(attempt: SyncAttempt) -> bool:
    return attempt.operation.startswith(("list_", "view_", "search_"))


def cause_of(error_class: str | None, error_code: str | None, *, at: datetime) -> str:
    """The words for an error class, and for its code by the rules in force then."""
    cause = _CAUSES.get(error_class or "", "It did not succeed")
    meaning = ruleset_on(singapore_day(at)).refusals.get(error_code or "")
    if meaning is not None:
        return f"{cause}: {meaning.message} {meaning.fix}"
    if not error_code or error_code == error_class:
        return f"{cause}."
    return f"{cause} ({_CODES.get(error_code, error_code)})."


def event_words(heard: HeardEvent) -> str:
    """An event of the record's owner, as in `Run published by ops, revision 3`."""
    who = f" by {heard.actor_role}" if heard.actor_role else ""
    revision = f", revision {heard.revision}" if heard.revision is not None else ""
    return f"{_capital(heard.type)}{who}{revision}."


def told_words(event_type: str, state: str) -> str:
    """One of our own events about a job."""
    return f"{_capital(event_type)}: TPGateway's copy is {state.replace('_', ' ')}."


def job_words(job: SyncJob) -> str:
    return f"To {DEEDS[JobKind(job.kind)]} is owed, for revision {job.record_revision}."


def blocked_words(job: SyncJob) -> str:
    if job.unblocked_at is not None:
        return "Waited for the records it hangs on."
    if job.state is JobState.BLOCKED:
        return "Waits for the records it hangs on."
    return "Waited for the records it hangs on, until it was given up."


def wait_words(attempt: SyncAttempt) -> str:
    until = clock(attempt.next_at, attempt.ended_at) if attempt.next_at else ""
    return f"Looked for again at {until}." if attempt.outcome == "verify" else f"Tried again at {until}."


def next_words(step: NextStep, now: datetime) -> str:
    """What happens next, with its time, as in `Next try 14:32 SGT.`; never empty."""
    return _NEXT[step.kind](step, now)


def _try(step: NextStep, now: datetime) -> str:
    reading = step.job is not None and step.job.kind in READINGS
    return f"Next {'reading' if reading else 'try'} {_when(step, now)}.{_why_late(step)}"


def _look(step: NextStep, now: datetime) -> str:
    return f"TPGateway is asked what became of it: {_when(step, now)}.{_why_late(step)}"


def _sending(step: NextStep, now: datetime) -> str:
    return f"A call is out now; if its worker dies, another takes over at {clock(step.at, now)}."


def _blocked(step: NextStep, _: datetime) -> str:
    waits = "; ".join(f"{wait.need.record_type} {wait.need.record_id} ({wait.state})" for wait in step.waits)
    return f"Goes on by itself when TPGateway has what it hangs on: {waits or 'looked at again soon'}."


def _held(step: NextStep, now: datetime) -> str:
    probe = f" A trial call goes out at {clock(step.at, now)}." if step.at is not None else ""
    return f"All sending is held ({step.held_cause}) until the lane is released.{probe}"


def _person(_step: NextStep, _now: datetime) -> str:
    return "Nothing by itself: mend the cause and requeue it, or discard it with a reason."


def _nothing(_step: NextStep, _now: datetime) -> str:
    return "Nothing more is to be done."


_NEXT: Final[Mapping[NextKind, Callable[[NextStep, datetime], str]]] = {
    NextKind.TRY: _try,
    NextKind.LOOK: _look,
    NextKind.SENDING: _sending,
    NextKind.BLOCKED: _blocked,
    NextKind.HELD: _held,
    NextKind.PERSON: _person,
    NextKind.NOTHING: _nothing,
}


def _when(step: NextStep, now: datetime) -> str:
    return "as soon as a sender is free" if step.at is None or step.at <= now else clock(step.at, now)


def _why_late(step: NextStep) -> str:
    return " The way to TPGateway is closed until then, after too many failures." if step.closed_circuit else ""


def clock(at: datetime | None, now: datetime) -> str:
    """`14:32 SGT`; with the day when it is another one."""
    if at is None:
        return "-"
    local = at.astimezone(SINGAPORE)
    same_day = local.date() == now.astimezone(SINGAPORE).date()
    return f"{local:%H:%M} SGT" if same_day else f"{local.day} {local:%b %Y, %H:%M} SGT"


def _capital(event_type: str) -> str:
    words = event_type.replace(".", " ").replace("_", " ")
    return words[:1].upper() + words[1:]
