"""Whom to ask about what is dead, and how each of them fared: one that is away is named, never silently missing."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from gateway.asking import Asker, Reply
from gateway.dead_letters.letters import SYNC
from gateway.doors import Wish
from libs.access.permissions import Permission
from libs.errors import FieldError, Forbidden, Invalid, Unavailable

MESSAGING = "messaging"
JOBS = "sync_jobs"
JOBS_PATH = "/api/v1/sync/jobs"
LETTERS_PATH = "/ops/dead-letters"
_AWAY = 500


class Source(BaseModel):
    """One place that was asked, or would have been."""

    service: str
    what: str
    """`messaging`, or `sync_jobs`."""
    ok: bool
    error: dict[str, Any] | None = None
    """`status`, `code` and `detail`, when its part is missing."""


class Circle:
    """The places one caller's question goes to.

    Services judge whoever asks them. Only a question that the matrix says they all refuse is not sent round: each
    refusal would stand in the audit log, once for every look at the list.
    """

    def __init__(self, asker: Asker, wish: Wish, *, service: str | None = None) -> None:
        names = [name for name in asker.services if service in {None, name}]
        if not names:
            fix = f"Use one of: {', '.join(asker.services)}."
            field = FieldError("query.service", "unknown_service", "No service has this name.", fix)
            raise Invalid("This service is not known.", [field])
        may_see = wish.principal.grant(Permission.MESSAGING_VIEW) is not None
        may_see_jobs = wish.principal.grant(Permission.SYNC_VIEW) is not None
        self.messaging: Sequence[str] = names if may_see else ()
        self.jobs = may_see_jobs and SYNC in names
        self._closed = [(name, MESSAGING) for name in names if not may_see]
        self._closed += [(SYNC, JOBS)] if SYNC in names and not may_see_jobs else []
        self._told: dict[tuple[str, str], list[Reply]] = {}

    @property
    def empty(self) -> bool:
        return not self.messaging and not self.jobs

    def note(self, what: str, reply: Reply) -> Reply:
        self._told.setdefault((reply.service, what), []).append(reply)
        return reply

    def sources(self, *, only: str | None = None) -> list[Source]:
        """How each place fared. Raises Unavailable when all that were asked are away: nothing is known then."""
        found = [_source(service, what, replies) for (service, what), replies in sorted(self._told.items())]
        if found and all(source.error and source.error["status"] >= _AWAY for source in found):
            names = ", ".join(sorted({source.service for source in found}))
            raise Unavailable(f"None of the services that were asked could answer: {names}.")
        closed = {"status": 403, "code": Forbidden.code, "detail": "Your roles do not let you see this."}
        return found + [
            Source(service=name, what=what, ok=False, error=closed)
            for name, what in self._closed
            if only in {None, what}
        ]


def _source(service: str, what: str, replies: Iterable[Reply]) -> Source:
    failed = next((reply for reply in replies if not reply.ok), None)
    return Source(service=service, what=what, ok=failed is None, error=failed.error if failed else None)


async def refuse(asker: Asker, wish: Wish, needed: Permission | None = None) -> Forbidden:
    """The refusal for somebody who may see none of it. One service is asked, so that the attempt is on record."""
    if needed is Permission.MESSAGING_VIEW:
        await asker.ask(wish.journey, SYNC, LETTERS_PATH, query={"limit": "1"})
        return Forbidden("This needs the permission messaging:view, which your roles do not grant.")
    await asker.ask(wish.journey, SYNC, JOBS_PATH, query={"limit": "1"})
    return Forbidden("This needs the permission messaging:view or sync:view, which your roles do not grant.")
