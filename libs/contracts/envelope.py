"""The CloudEvents 1.0 envelope in structured JSON mode: what is stored in the log and sent, byte for byte."""

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from libs.contracts.event import Event

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
"""What every inbox must be able to store and index; a database takes no NUL."""


class UnreadableEnvelope(ValueError):
    """The bytes are not a CloudEvent of ours; the message says which part, never the content."""


class Envelope(BaseModel):
    """Identity and lineage of one event, around its data."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = "1.0"
    id: UUID
    source: Word
    type: Word
    subject: Word
    partitionkey: Word
    time: AwareDatetime
    datacontenttype: str = "application/json"
    dataschema: Word
    aggtype: Word
    aggid: UUID
    aggseq: Annotated[int, Field(ge=1, lt=2**63)]
    correlationid: UUID
    causationid: UUID | None = None
    actorid: Word
    actorrole: Word
    traceparent: Word | None = None
    data: dict[str, Any]

    @property
    def event_type(self) -> str:
        """`run.published` of `sg.tms.run.published.v1`."""
        return self.type.removeprefix("sg.tms.").rpartition(".v")[0]

    @property
    def major(self) -> int:
        return int(self.type.rpartition(".v")[2])

    @property
    def routing_key(self) -> str:
        return self.type.removeprefix("sg.tms.")

    def to_bytes(self) -> bytes:
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> "Envelope":
        """Read one; raises UnreadableEnvelope for anything that is not a CloudEvent of this system."""
        try:
            document = json.loads(body.decode())
        except (ValueError, RecursionError):
            message = "the body is not JSON"
            raise UnreadableEnvelope(message) from None
        try:
            envelope = cls.model_validate(document)
            _ = envelope.major
        except ValidationError as error:
            parts = sorted({".".join(str(step) for step in detail["loc"]) for detail in error.errors()})
            message = f"not a CloudEvent of ours: {', '.join(parts)}"
            raise UnreadableEnvelope(message) from None
        except ValueError:
            message = "the type carries no major version"
            raise UnreadableEnvelope(message) from None
        return envelope


def seal(
    event: Event,
    *,
    service: str,
    event_id: UUID,
    sequence: int,
    at: datetime,
    correlation_id: UUID,
    causation_id: UUID | None,
    actor_id: str,
    actor_role: str,
    traceparent: str | None = None,
) -> Envelope:
    """Put an event in its envelope. `sequence` is gapless from 1 for the aggregate, in commit order."""
    subject = f"{event.aggregate_type}/{event.aggregate_id}"
    return Envelope(
        id=event_id,
        source=f"/tms/{service}",
        type=event.cloud_type(),
        subject=subject,
        partitionkey=subject,
        time=at,
        dataschema=event.schema_urn(),
        aggtype=event.aggregate_type,
        aggid=event.aggregate_id,
        aggseq=sequence,
        correlationid=correlation_id,
        causationid=causation_id,
        actorid=actor_id,
        actorrole=actor_role,
        traceparent=traceparent,
        data=event.model_dump(mode="json", exclude_none=True),
    )
