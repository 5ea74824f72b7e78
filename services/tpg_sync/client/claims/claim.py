"""The claim check: what a record's owner is asked for, just before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from libs.tpgateway.rules.finding import Finding
from services.tpg_sync.client.owners import Owners, OwnerUnreachable
from services.tpg_sync.models import Beside, RunCalendar, SyncRecord, Ties
from services.tpg_sync.settings import SyncSettings


@dataclass(frozen=True, slots=True)
class OwnerAway:
    """It cannot be asked now; nothing was tried at TPGateway, so no attempt is used."""

    code: str


@dataclass(frozen=True, slots=True)
class OwnerUnaware:
    """It knows no such record."""


@dataclass(frozen=True, slots=True)
class OwnerErased(OwnerUnaware):
    """It knows the record, and nobody knows any more whose it is: nothing can be told of it, ever again."""


@dataclass(frozen=True, slots=True)
class Known:
    """What TPGateway calls a record and those it hangs on: we learn that first, whatever the owners know."""

    record: SyncRecord
    beside: Beside = field(default_factory=Beside)
    calendar: RunCalendar | None = None
    """The time of its run, if that was heard."""

    @property
    def run_remote_id(self) -> str:
        """What TPGateway calls the run it belongs to; empty while that is not known."""
        run = self.beside.run_of(self.record)
        return "" if run is None else run.remote_id or ""

    @property
    def fee_carried(self) -> int:
        """The newest fee revision its enrolment's create told with it; 0 when there was none."""
        enrolment = self.beside.enrolment_of(self.record)
        return 0 if enrolment is None else enrolment.carried_revision or 0

    @property
    def session_remote_id(self) -> str:
        """The same of its session."""
        run = self.beside.run_of(self.record)
        return "" if run is None else run.parts.get(str(self.record.session_id)) or ""

    @property
    def enrolment_remote_id(self) -> str:
        """The same of the enrolment it hangs on, or of whichever took that one's place."""
        enrolment = self.beside.enrolment_of(self.record)
        return "" if enrolment is None else enrolment.remote_id or ""


B = TypeVar("B", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)


class Claims(Protocol[C]):
    """How one type of record is asked for, kept, told apart and judged. Holds personal data: sealed, never logged."""

    model: type[C]

    async def fetch(self, owners: Owners, known: Known) -> C | OwnerAway | OwnerUnaware:
        """The record as its owner has it now, with everything a call about it needs."""
        ...

    def revision(self, claim: C) -> int:
        """The owner's revision inside it."""
        ...

    def ties(self, claim: C) -> Ties:
        """The records it hangs on."""
        ...

    def gone(self, claim: C) -> bool:
        """Whether the owner has moved on to a state in which only a removal may be sent."""
        ...

    def takes_back(self, claim: C) -> bool:
        """Whether it only undoes what TPGateway has: with nothing there, nothing is to be sent."""
        ...

    def content(self, claim: C) -> Mapping[str, Any]:
        """What TPGateway would hold of it; equal for equal content, whatever its revision and remote ids."""
        ...

    def findings(self, claim: C, known: Known, *, settings: SyncSettings, now: datetime) -> list[Finding]:
        """What would be refused anyway, in our own field names."""
        ...


async def ask(owners: Owners, owner: str, kind: str, record_id: UUID, model: type[B]) -> B | OwnerAway | OwnerUnaware:
    """One claim check of one owner. Anything but an answer we can read counts as the owner being away."""
    try:
        answer = await owners.ask(owner, f"/internal/v1/submissions/{kind}/{record_id}")
    except OwnerUnreachable as away:
        return OwnerAway(f"owner_{away.message}")
    if answer.status == HTTPStatus.NOT_FOUND:
        return OwnerUnaware()
    if answer.status == HTTPStatus.GONE:
        return OwnerErased()
    if answer.status != HTTPStatus.OK:
        return OwnerAway(f"owner_http_{answer.status}")
    try:
        return model.model_validate_json(answer.content)
    except ValidationError:
        return OwnerAway("owner_unreadable")
