"""What all records beyond course runs have in common: a number, whose they are, and when they changed."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from infra.tpg_simulator.clock import SINGAPORE
from infra.tpg_simulator.records import Json

Hand = Literal["api", "portal"]


class Stored(BaseModel, ABC):
    """One numbered record. `touch_at` is when background work moves `updatedOn` although nothing has changed."""

    model_config = ConfigDict(frozen=True)
    kind: ClassVar[str]

    number: int
    provider_uen: str
    created_at: AwareDatetime
    updated_at: AwareDatetime
    touch_at: AwareDatetime | None = None
    deleted: bool = False
    made_by: Hand = "api"
    changed_by: Hand = "api"
    edits: int = Field(default=0, description="accepted changes by the API or in the portal")

    @property
    @abstractmethod
    def key(self) -> str:
        """What the record is called by, on the wire and on the shelf."""

    @property
    def standing(self) -> bool:
        """Whether it counts: neither deleted nor cancelled nor voided."""
        return not self.deleted

    def index_keys(self) -> tuple[tuple[object, ...], ...]:
        """What it can be found by quickly."""
        return ()

    @abstractmethod
    def likeness(self) -> tuple[object, ...]:
        """Two standing records with the same one are a double."""

    def updated_on(self, now: datetime) -> datetime:
        """The instant a view tells, after whatever background work has been done by now."""
        if self.touch_at is not None and self.touch_at <= now:
            return max(self.updated_at, self.touch_at)
        return self.updated_at

    def stamps_in_utc(self, now: datetime) -> Json:
        return {"createdOn": utc_stamp(self.created_at), "updatedOn": utc_stamp(self.updated_on(now))}

    def stamps_in_singapore(self, now: datetime) -> Json:
        return {"createdOn": singapore_stamp(self.created_at), "updatedOn": singapore_stamp(self.updated_on(now))}


def touched(created_at: datetime, delay_s: float) -> datetime | None:
    """When a record made now will be touched in the background; None when that is switched off."""
    return created_at + timedelta(seconds=delay_s) if delay_s else None


def utc_stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def singapore_stamp(instant: datetime) -> str:
    return instant.astimezone(SINGAPORE).strftime("%Y-%m-%d %H:%M:%S")


def reference(prefix: str, created_at: datetime, number: int) -> str:
    """Make `ENR-YYMM-nnnnnn`: month of creation in Singapore, then the running number."""
    return f"{prefix}-{created_at.astimezone(SINGAPORE):%y%m}-{number:06d}"


def person(id_number: str) -> str:
    """How an ID number is compared: no case, no blanks around it."""
    return id_number.strip().upper()
