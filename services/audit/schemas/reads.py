"""Who saw whom, as it is shown."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ActorReads(BaseModel):
    """What one account read of single persons."""

    model_config = ConfigDict(from_attributes=True)

    actor_id: str
    persons: int
    reads: int
    actions: list[str]
    first_at: datetime
    last_at: datetime


class BulkRead(BaseModel):
    """A list, sheet or extract somebody took; `rows` as far as it was counted. Who stood in it is not recorded."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    action: str
    actor_id: str
    happened_at: datetime
    reason: str | None
    rows: int | None


class ReadsView(BaseModel):
    """Reads of personal data in a window of time.

    `persons` were surely seen, and can be listed one by one. `persons_at_most` adds every row of the lists taken, and
    is absent when one of them was not counted. `reaches_threshold` answers whether so many persons are concerned that
    a breach must be notified whatever the harm.
    """

    from_at: datetime
    to_at: datetime
    reads: int
    persons: int
    persons_at_most: int | None
    threshold: int
    reaches_threshold: Literal["yes", "no", "possibly"]
    actors: list[ActorReads]
    bulk_reads: list[BulkRead]


class PersonRead(BaseModel):
    """One person whose data was read, how often and by whom."""

    model_config = ConfigDict(from_attributes=True)

    subject_type: str
    subject_id: UUID
    reads: int
    actors: list[str]
    first_at: datetime
    last_at: datetime
