"""Who acts, for which journey, because of what: set once at each door, read wherever a record is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID

SYSTEM_ACTOR = "system"


@dataclass(frozen=True, slots=True)
class Context:
    """The lineage of what is being done now.

    `correlation_id` is one id from the first HTTP call to the last remote reply of an intention; `causation_id` is the
    event or command that led directly here; `actor_id` is a user's or service client's id, never a name.
    """

    correlation_id: UUID
    causation_id: UUID | None = None
    actor_id: str = SYSTEM_ACTOR
    actor_role: str = "system"

    def acting(self, actor_id: str, actor_role: str) -> "Context":
        return replace(self, actor_id=actor_id, actor_role=actor_role)


_current: ContextVar[Context | None] = ContextVar("tms_context", default=None)


def current() -> Context:
    """The context set at the door; without one, something runs outside every door, which is a defect."""
    context = _current.get()
    if context is None:
        message = "No context is set: enter one with `entered(...)` at the door."
        raise LookupError(message)
    return context


def find_current() -> Context | None:
    """The context if a door set one."""
    return _current.get()


@contextmanager
def entered(context: Context) -> Iterator[Context]:
    """Make `context` the current one for this task until the block ends."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def stay_in(context: Context) -> Context:
    """Make `context` the current one for the rest of this task, for tasks that serve one journey until they end."""
    _current.set(context)
    return context
