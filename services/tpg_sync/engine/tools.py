"""What a sender works with, and what every step of sending shares."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from pydantic import BaseModel

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitsOfWork
from libs.privacy.vault import Erased, Vault
from services.tpg_sync.client.claims.claim import Claims
from services.tpg_sync.client.claims.registry import CLAIMS
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import TpgClient
from services.tpg_sync.engine import payload
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.pages import Pages
from services.tpg_sync.engine.records.dealings import Dealings, Found, Sending
from services.tpg_sync.engine.records.registry import DealingsOf
from services.tpg_sync.engine.settle import Outcome
from services.tpg_sync.models import SyncJob
from services.tpg_sync.settings import SyncSettings

HELD_ALREADY: Final = Decision(Next.SUCCEED)
"""Success without a call: nothing to send."""
WAITS: Final = Decision(Next.BLOCK)
REJECTED_AS_ERASED: Final = Decision(Next.REJECT, error_class="owner", error_code="record_erased")
"""Nobody knows any more whom it would tell of."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a sender works with."""

    units: UnitsOfWork
    client: TpgClient
    pages: Pages
    dealings: DealingsOf
    vault: Vault
    owners: Owners
    settings: SyncSettings
    depart: Callable[["Departure"], Awaitable["Leave"]]
    """Commits `sent_at`, and says whether the call may leave."""

    def claims_of(self, job: SyncJob) -> Claims[Any]:
        return CLAIMS[RecordType(job.record_type)]

    def dealings_of(self, job: SyncJob) -> Dealings[Any]:
        return self.dealings[RecordType(job.record_type)]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A send that is ready to leave."""

    sending: Sending
    claim: BaseModel
    revision: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Departure:
    """A call that leaves as soon as this is committed."""

    claimed: Claimed
    prepared: Prepared


class Leave(Enum):
    """Whether a call may leave."""

    NOW = auto()
    LOOK_FIRST = auto()
    """It may have left already, in a time that a restore has undone."""
    NEVER = auto()
    """The lease was lost: another worker has it."""


async def stored(tools: Tools, job: SyncJob, sealed: bytes) -> BaseModel | None:
    """The claim check as it was kept with the job; None when it tells of somebody who is erased."""
    async with tools.units.reading() as uow:
        people = payload.people_of(tools.vault, uow)
        await people.hold_for([sealed])
        try:
            text = payload.unseal(people, sealed, job.record_id)
        except Erased:
            return None
    kept: BaseModel = tools.claims_of(job).model.model_validate_json(text)
    return kept


def outcome_of(claimed: Claimed, found: Found) -> Outcome:
    """How a job ended that only read."""
    return Outcome(claimed=claimed, decision=found.decision, effect=found.effect, reply=found.reply, calls=found.calls)


def attributes(job: SyncJob) -> dict[str, str | int]:
    """What a call's span says of its job."""
    return {
        "tms.job_id": str(job.id),
        "tms.job_kind": str(job.kind),
        "tms.attempt": job.tries + 1,
        "tms.record_id": str(job.record_id),
    }
