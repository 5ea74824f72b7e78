"""How one type of record is brought to TPGateway and found there again."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from libs.contracts.tpg_sync import Hint
from libs.errors import Refused
from services.tpg_sync.client.claims.claim import Known
from services.tpg_sync.client.tpgateway import Call, Reply
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.pages import Pages, Unread
from services.tpg_sync.models import JobKind, SyncJob, SyncRecord
from services.tpg_sync.settings import SyncSettings

Form = dict[str, str]
Attributes = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Sending:
    """One call about a record, whether it may be repeated blindly, and what a lost create is recognised by."""

    kind: JobKind
    call: Call
    repeatable: bool
    form: Form | None = None
    """For a create: what it will be recognised by if its reply is lost. Holds no personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What TPGateway holds after a success, as far as it is known."""

    remote_id: str | None = None
    parts: Mapping[UUID, str | None] = field(default_factory=dict)
    """Sessions it holds now; None where it has not told their name. Those it no longer holds are absent."""
    acked: bool = True
    """The payload of this job is what it holds; False when the job only read."""
    removed: bool = False
    carried_revision: int | None = None
    """The fee revision an enrolment's create told with it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a read led to, with its last call for the record and how many calls it took."""

    decision: Decision
    reply: Reply
    effect: Effect | None = None
    calls: int = 1
    whole: bool = True
    """False when it could not be read to its end: it decides nothing."""

    @classmethod
    def unread(cls, unread: Unread, *, calls: int = 0) -> "Found":
        """After `calls` calls, a list that could not be read to its end."""
        return cls(unread.decision, unread.reply, calls=calls + unread.calls, whole=False)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the database knows of the others: remote ids bound to other records, and creates still being looked for."""

    bound: Collection[str]
    forms: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Search:
    """A call whose end is not known, and what it is looked for with."""

    job: SyncJob
    known: Known
    elsewhere: Callable[[Collection[str]], Awaitable[Elsewhere]]
    """Asked of the remote ids in the list after it was read, so that a record another job makes meanwhile is known to
    be that one's."""
    now: datetime
    attributes: Attributes


C = TypeVar("C", bound=BaseModel)
C_contra = TypeVar("C_contra", bound=BaseModel, contravariant=True)


class Dealings(Protocol[C_contra]):
    """The calls and reads of one type of record; only what is a coroutine talks to anybody."""

    def sending(self, kind: JobKind, claim: C_contra, known: Known, *, now: datetime) -> Sending:
        """What brings TPGateway from what it has to this claim.

        The kind may turn: an edit of something it lacks is a create, a create of something it has is an edit.
        """
        ...

    def effect_of(self, sent: Sending, claim: C_contra, record: SyncRecord, reply: Reply) -> Effect | None:
        """What a success means; None when the answer does not name what it made, so that it must be looked for."""
        ...

    async def look(self, pages: Pages, claim: C_contra, search: Search) -> Found:
        """Read back a call whose reply was lost.

        Equal: it took effect. Not there: may be sent again, once "not there" can be trusted. There, but other than we
        sent it: a person decides.
        """
        ...

    async def learn_names(self, pages: Pages, claim: C_contra, known: Known, attributes: Attributes) -> Found:
        """Ask what the parts of a record are called; only asked of types that have parts."""
        ...


class Partless(Generic[C]):
    """For records without parts: nothing has to be named, and nobody asks."""

    async def learn_names(self, pages: Pages, claim: C, known: Known, attributes: Attributes) -> Found:
        del pages, claim, attributes
        message = f"a record of type {known.record.record_type} has no parts to be named"
        raise Refused(message)


def refused_after_all(job: SyncJob) -> Decision:
    """A refusal that was looked into, and stands: TPGateway's own hints are handed on."""
    hints = tuple(Hint.model_validate(hint) for hint in job.hints)
    return Decision(Next.REJECT, error_class="refused", error_code=job.error_code or "", hints=hints)


def not_found(
    search: Search, settings: SyncSettings, near_fields: Sequence[str] = (), *, what: str = "record"
) -> Decision:
    """What it means that a lost call left no trace, or only something near it."""
    job = search.job
    if search.now - (job.sent_at or search.now) < settings.visibility_window:
        return Decision(Next.VERIFY, error_class="unknown_end", error_code="not_visible_yet")
    if near_fields:
        hints = tuple(
            Hint(
                field=name,
                code="remote_differs",
                message=f"TPGateway has {what} that differs here.",
                fix="Adopt or remove it in TPGateway, then send this one again.",
            )
            for name in near_fields
        )
        return Decision(Next.REJECT, error_class="remote_differs", error_code="remote_differs", hints=hints)
    if job.error_class == "refused":
        return refused_after_all(job)
    return Decision(Next.RETRY, error_class="absent", error_code="not_found_remotely")
