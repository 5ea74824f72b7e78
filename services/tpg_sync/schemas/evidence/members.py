"""tpg-sync's own parts of a pack: submissions with their acknowledgements, duties, and what people decided."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.contracts.envelope import Envelope
from libs.contracts.evidence import OwnersEvidence
from libs.contracts.tpg_sync import ObligationLevel, RecordType
from libs.web.body import Body
from libs.web.reason import Reason
from services.tpg_sync.models import (
    Action,
    Code,
    DiscrepancyState,
    JobKind,
    JobState,
    Obligation,
    ObligationKey,
    ObligationState,
    Style,
    Subject,
    SyncAttempt,
    SyncJob,
    Verdict,
)

SUCCEEDED = "sync.succeeded"


class EvidenceWish(Body):
    """Why the evidence is taken out; it stays on record for good."""

    reason: Reason


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Told(_Part):
    """One thing this service said of a job."""

    event_id: UUID
    action: str
    at: AwareDatetime

    @classmethod
    def of(cls, envelope: Envelope) -> Self:
        return cls(event_id=envelope.id, action=envelope.event_type, at=envelope.time)


class AttemptPart(_Part):
    """One call, redacted: references, sizes, digests and times."""

    number: int
    series: int
    operation: str
    path: str
    started_at: AwareDatetime
    ended_at: AwareDatetime
    http_status: int | None = None
    outcome: str
    counted: bool
    error_class: str | None = None
    error_code: str | None = None
    request_bytes: int
    request_sha256: str | None = None
    response_bytes: int

    @classmethod
    def of(cls, attempt: SyncAttempt) -> Self:
        plain = {name: getattr(attempt, name) for name in cls.model_fields if name != "request_sha256"}
        digest = attempt.request_sha256
        return cls(**plain, request_sha256=digest.hex() if digest else None)


class JobPart(_Part):
    """One submission: what for, how it ended, when TPGateway acknowledged it, and how long before its deadline."""

    job_id: UUID
    kind: JobKind
    state: JobState
    record_revision: int
    sent_revision: int | None = None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    deadline_at: AwareDatetime | None = None
    acknowledged_at: AwareDatetime | None = None
    headroom_seconds: int | None = None
    """Left until the deadline when it was acknowledged; negative when that had passed."""
    remote_ref: str | None = None
    error_class: str | None = None
    error_code: str | None = None
    reason: str | None = None
    tries: int
    attempts: tuple[AttemptPart, ...] = ()
    told: tuple[Told, ...] = ()

    @classmethod
    def of(cls, job: SyncJob, attempts: tuple[AttemptPart, ...], told: tuple[Told, ...]) -> Self:
        plain = {name: getattr(job, name) for name in cls.model_fields if name in SyncJob.model_fields}
        acks = [one.at for one in told if one.action == SUCCEEDED]
        acked_at = acks[-1] if acks and job.state is JobState.SUCCEEDED else None
        return cls(
            **plain,
            job_id=job.id,
            acknowledged_at=acked_at,
            headroom_seconds=_headroom(job.deadline_at, acked_at),
            attempts=attempts,
            told=told,
        )


def _headroom(deadline_at: datetime | None, acked_at: datetime | None) -> int | None:
    if deadline_at is None or acked_at is None:
        return None
    return (deadline_at - acked_at) // timedelta(seconds=1)


class RecordPart(_Part):
    """One record as TPGateway knows it, and every job about it."""

    record_type: RecordType
    record_id: UUID
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    replaces: UUID | None = None
    remote_id: str | None = None
    former_ids: tuple[str, ...] = ()
    parts: dict[str, str | None] = {}
    acked_revision: int | None = None
    acked_at: AwareDatetime | None = None
    jobs: tuple[JobPart, ...] = ()


class DiscrepancyPart(_Part):
    """One disagreement with TPGateway: which fields, never what they said."""

    id: UUID
    code: Code
    verdict: Verdict
    state: DiscrepancyState
    record_type: RecordType
    record_id: UUID | None = None
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    remote_ref: str | None = None
    fields: tuple[str, ...] = ()
    first_seen_at: AwareDatetime
    resolved_at: AwareDatetime | None = None
    resolution: Action | None = None
    requested_by: str | None = None
    approved_by: str | None = None
    reason: str | None = None


class SubmissionsEvidence(OwnersEvidence):
    records: tuple[RecordPart, ...] = ()
    discrepancies: tuple[DiscrepancyPart, ...] = ()


class EntryRef(_Part):
    """An entry of the audit extract."""

    seq: int
    action: str
    subject_type: str
    subject_id: UUID


class DutyPart(_Part):
    """One duty: by when, how it stands, and which fact met it."""

    obligation_id: UUID
    key: ObligationKey
    title: str
    subject_type: Subject
    subject_id: UUID
    occasion: int
    style: Style
    state: ObligationState
    level: ObligationLevel
    breached: bool
    trigger_at: AwareDatetime
    due_at: AwareDatetime
    satisfied_at: AwareDatetime | None = None
    met_by: EntryRef | None = None
    """Absent where it was met by time alone: what was asked for had happened before the duty arose."""
    basis: str
    policy: str
    waived_at: AwareDatetime | None = None
    waived_by: str | None = None
    waived_because: str | None = None

    @classmethod
    def of(cls, row: Obligation, *, title: str, basis: str) -> Self:
        plain = {name: getattr(row, name) for name in cls.model_fields if name in Obligation.model_fields}
        return cls(**plain, obligation_id=row.id, title=title, basis=basis)


class DutiesEvidence(OwnersEvidence):
    duties: tuple[DutyPart, ...] = ()


class DecisionPart(_Part):
    """What a person did for a reason: overrides, waivers, corrections, voids. `asked_by` where two were needed."""

    seq: int
    at: AwareDatetime
    action: str
    subject_type: str
    subject_id: UUID
    by: str
    role: str
    reason: str
    asked_by: str | None = None


class DecisionsEvidence(_Part):
    run_id: UUID
    decisions: tuple[DecisionPart, ...] = ()
