"""Why something is on the list, in words for people."""

from collections.abc import Mapping
from typing import Any, Final

from gateway.dead_letters.kinds import Kind

_MESSAGES: Final[Mapping[str, str]] = {
    "error": "Its handler failed",
    "crash": "The process died each time it was handled",
    "crashing": "The process that handled it died, and it is tried alone now",
    "came_back": "It came back unacknowledged: who had it before died or lost the broker",
    "schema": "Its data does not fit the schema of its version",
    "unsupported_version": "This build does not know its version; one that does takes it up by itself",
    "seq_conflict": "Another event has the same number: one of the two is not its producer's",
    "replay_cancelled": "Its replay was called back",
}
_BROKER: Final[Mapping[str, str]] = {
    "rejected": "The bytes are no event of ours",
    "delivery_limit": "The broker gave it up after it came back too often",
}
_JOBS: Final[Mapping[str, str]] = {
    "unreachable": "TPGateway could not be reached",
    "unknown_end": "The answer was lost, or was an error of TPGateway's own",
    "too_many": "TPGateway asked for fewer calls",
    "outstanding": "TPGateway is still at an earlier call about this record",
    "credentials": "TPGateway did not accept our credentials",
    "encryption": "TPGateway and we could not decrypt each other",
    "refused": "TPGateway refused it",
    "invalid": "Our own check found what TPGateway would refuse",
    "remote_differs": "TPGateway holds something else than what was sent",
    "owner": "The service that owns the record does not know it",
    "owner_away": "The service that owns the record could not be asked",
    "waiting": "What it hangs on cannot be seen at TPGateway yet",
    "reading": "Something had to be read first",
    "unforeseen": "A worker failed in the middle of it",
}


def words_of_message(kind: Kind, told: Mapping[str, Any]) -> str:
    """One sentence from a service's reason and error."""
    reason, error = told.get("reason") or "", told.get("error") or ""
    if kind is Kind.OUTBOX:
        return _sentence("The broker does not take this event of ours", error)
    if kind is Kind.BROKER:
        return _sentence(_BROKER.get(reason, "The broker gave it up"), error)
    return _sentence(_MESSAGES.get(reason, "Its handler refused it"), error)


def words_of_job(told: Mapping[str, Any]) -> str:
    """One sentence, and what would mend it where TPGateway or our own check said so."""
    hints = " ".join(f"{hint['message']} {hint.get('fix', '')}".strip() for hint in told["hints"])
    cause = _JOBS.get(told["error_class"] or "", "It did not succeed")
    code = told["error_code"] if not hints and told["error_code"] != told["error_class"] else ""
    return f"{_sentence(cause, code or '')} {hints}".strip()


def _sentence(cause: str, detail: str) -> str:
    return f"{cause}: {detail.rstrip('.')}." if detail else f"{cause}."
