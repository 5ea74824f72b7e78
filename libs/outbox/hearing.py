"""Understands one message: which event it is, who handles it here, and why it may never be handled."""

import asyncio
import re
import traceback
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from libs.contracts.envelope import Envelope
from libs.contracts.event import Event
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Conflict, Forbidden, Invalid
from libs.outbox.handlers import Handler, Handlers, Mode
from libs.telemetry.context import Context
from libs.telemetry.redaction import redact

HANDLER_TIMEOUT_S = 30.0
ERROR_LENGTH = 600
PERMANENT = (Conflict, Invalid, Forbidden)
"""Repeating cannot help: the words or the state are wrong."""


class Result(StrEnum):
    """What became of one message."""

    DONE = "done"
    IGNORED = "ignored"
    DUPLICATE = "duplicate"
    STALE = "stale"
    WAITING = "waiting"
    RETRY = "retry"
    DEAD = "dead"
    LOST_LEASE = "lost_lease"


class Permanent(Exception):
    """Can never be handled as it stands."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Heard:
    """One message that is an event of ours, and what this service does about it."""

    envelope: Envelope
    body: bytes
    mode: Mode
    event: Event | None = None
    handler: Handler[Any] | None = None
    hopeless: Permanent | None = None

    @property
    def key(self) -> tuple[str, UUID]:
        return self.envelope.aggtype, self.envelope.aggid

    @property
    def context(self) -> Context:
        envelope = self.envelope
        return Context(envelope.correlationid, envelope.id, envelope.actorid, envelope.actorrole)


def understand(handlers: Handlers, body: bytes) -> Heard:
    """Read a message; raises UnreadableEnvelope when it is none of ours."""
    envelope = Envelope.from_bytes(body)
    mode = handlers.mode(envelope.aggtype)
    if handlers.for_everything is not None:
        return Heard(envelope, body, mode)
    known = handlers.by_routing_key.get(envelope.routing_key)
    if known is None:
        return Heard(envelope, body, mode, hopeless=_newer_than_known(handlers, envelope))
    event_class, handler = known
    try:
        return Heard(envelope, body, mode, event=event_class.model_validate(envelope.data), handler=handler)
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, detail["loc"])) or "data" for detail in error.errors()}))
        return Heard(envelope, body, mode, hopeless=Permanent("schema", f"data does not fit its schema: {fields}"))


def _newer_than_known(handlers: Handlers, envelope: Envelope) -> Permanent | None:
    """A higher major version of an event that has a handler; any other unknown event is simply ignored."""
    versions = [cls.version for cls, _ in handlers.by_routing_key.values() if cls.type == envelope.event_type]
    if versions and envelope.major > max(versions):
        return Permanent("unsupported_version", f"version {envelope.major} of {envelope.event_type} is not known here")
    return None


async def handle(handlers: Handlers, heard: Heard, uow: UnitOfWork) -> bool:
    """Run the handler inside the unit, for at most thirty seconds; False when nothing here cares."""
    if handlers.witness is not None:
        handlers.witness(heard.envelope, uow)
    async with asyncio.timeout(HANDLER_TIMEOUT_S):
        if handlers.for_everything is not None:
            await handlers.for_everything(heard.envelope, heard.body, uow)
        elif heard.handler is None or heard.event is None:
            return False
        else:
            await heard.handler(heard.event, uow)
    return True


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message was not handled, told so that equal failures group and nothing personal is repeated."""

    permanent: bool
    reason: str
    error: str
    fingerprint: str


def failure_of(consumer: str, heard: Heard, error: BaseException) -> Failure:
    """Sort an error: hopeless at once, or worth another try."""
    if isinstance(error, Permanent):
        reason, permanent = error.reason, True
    elif isinstance(error, PERMANENT):
        reason, permanent = error.code, True
    else:
        reason, permanent = "error", False
    kind = type(error).__name__
    place = _own_frame(error)
    return Failure(
        permanent=permanent,
        reason=reason,
        error=redact(f"{kind}: {error}")[:ERROR_LENGTH],
        fingerprint=f"{consumer}|{heard.envelope.routing_key}|{kind}|{place}",
    )


def _own_frame(error: BaseException) -> str:
    """The innermost line of our own code that the error passed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if re.search(r"/(services|libs)/(?!.*site-packages)", frame.filename)]
    if not own:
        return "-"
    path = re.split(r"/(?=(?:services|libs)/)", own[-1].filename)[-1]
    return f"{path}:{own[-1].name}"
