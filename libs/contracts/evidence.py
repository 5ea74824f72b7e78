"""What owners hand to tpg-sync for the evidence of one run: what stands, and how often they have told of each record.

Fetched from `GET /internal/v1/evidence/{run_id}` with a service token. Identity numbers and names are masked; no
contact, amount, score or grade stands in it. Each answer is of one moment (`as_of`): its records and `heads` agree.
"""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.contracts.assessment import AssessmentFact
from libs.contracts.attendance import AttendanceFact, MarkMethod, MarkState
from libs.contracts.course import RunFact
from libs.contracts.enrolment import EnrolmentFact


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Head(_Part):
    """How many facts have been told of one aggregate, in the words of their envelopes: the audit log must have each."""

    type: str
    id: UUID
    entries: int = Field(ge=1)


class OwnersEvidence(_Part):
    """One owner's part."""

    run_id: UUID
    as_of: AwareDatetime
    heads: tuple[Head, ...] = ()


class TrainerEvidence(_Part):
    trainer_id: UUID
    name_masked: str = Field(repr=False)


class RunEvidence(OwnersEvidence):
    """The run with its sessions, and who teaches."""

    course_title: str
    fact: RunFact
    trainers: tuple[TrainerEvidence, ...] = ()


class PlaceEvidence(_Part):
    """One enrolment, whatever became of it."""

    enrolment_id: UUID
    name_masked: str = Field(repr=False)
    id_masked: str = Field(repr=False)
    fact: EnrolmentFact
    fundable: bool | None = None
    funding_causes: tuple[str, ...] = ()


class EnrolmentsEvidence(OwnersEvidence):
    places: tuple[PlaceEvidence, ...] = ()


class MarkRevision(_Part):
    """A mark as one change left it; `action` is the event that told of it."""

    number: int
    action: str
    state: MarkState
    method: MarkMethod | None = None
    note: str | None = None
    minutes_credited: int
    enrolment_id: UUID
    reason: str | None = None
    proof: str | None = None
    """Where the paper or file that proves it is kept."""
    made_at: AwareDatetime
    recorded_at: AwareDatetime
    actor_id: str
    actor_role: str
    correlation_id: UUID


class MarkEvidence(_Part):
    """One line of a sheet with everything that ever became of it, oldest first."""

    attendance_id: UUID
    seated: bool
    fact: AttendanceFact
    checked_in_at: AwareDatetime | None = None
    scanned_at: AwareDatetime | None = None
    conflict: str | None = None
    revisions: tuple[MarkRevision, ...] = ()


class SheetEvidence(_Part):
    session_id: UUID
    state: str
    policy_version: int
    lock_due_at: AwareDatetime
    locked_at: AwareDatetime | None = None
    locked_by: str | None = None


class RateEvidence(_Part):
    enrolment_id: UUID
    credited_minutes: int
    held_minutes: int
    scheduled_minutes: int
    required_pct: int
    met: bool
    reachable: bool
    complete: bool


class RegisterEvidence(OwnersEvidence):
    sheets: tuple[SheetEvidence, ...] = ()
    marks: tuple[MarkEvidence, ...] = ()
    rates: tuple[RateEvidence, ...] = ()


class ResultRevision(_Part):
    """A result as one change left it: which fields differed, never what they said."""

    number: int
    kind: str
    fields: tuple[str, ...] = ()
    rule_version: int
    reason: str | None = None
    proposal_id: UUID | None = None
    made_at: AwareDatetime
    made_by: str
    made_as: str


class ProposalEvidence(_Part):
    """What one person asked for and another decided."""

    proposal_id: UUID
    kind: str
    status: str
    fields: tuple[str, ...] = ()
    reason: str
    proposed_by: str
    proposed_at: AwareDatetime
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    decision_reason: str | None = None


class OverrideEvidence(_Part):
    override_id: UUID
    rule: str
    reason: str
    granted_by: str
    granted_at: AwareDatetime


class ResultEvidence(_Part):
    """One attempt at one skill. `fact.passed` tells whether the requirement is met; score and grade stay inside."""

    assessment_id: UUID
    fact: AssessmentFact
    effective: bool
    assessor_id: UUID | None = None
    assessor_trains: bool = False
    overridden: bool = False
    revisions: tuple[ResultRevision, ...] = ()
    proposals: tuple[ProposalEvidence, ...] = ()
    overrides: tuple[OverrideEvidence, ...] = ()


class OutcomeEvidence(_Part):
    enrolment_id: UUID
    decided: bool
    passed: bool


class CertificateEvidence(_Part):
    certificate_id: UUID
    enrolment_id: UUID
    status: str
    issued_on: date
    revoked_at: AwareDatetime | None = None
    revoke_reason: str | None = None


class ResultsEvidence(OwnersEvidence):
    results: tuple[ResultEvidence, ...] = ()
    outcomes: tuple[OutcomeEvidence, ...] = ()
    certificates: tuple[CertificateEvidence, ...] = ()


class ExtractWish(_Part):
    """Asked of audit: a signed pack of exactly these facts, all of them."""

    heads: tuple[Head, ...] = Field(min_length=1, max_length=20_000)
    reason: str = Field(min_length=3, max_length=500)


class AttestationWish(_Part):
    """Asked of audit: that it signs for a document by its digest, with the key that signed the extract in it."""

    purpose: str = Field(pattern=r"^[a-z_]{1,40}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    key_id: UUID
    reason: str = Field(min_length=3, max_length=500)


class Attestation(_Part):
    """Audit's signature for a document: Ed25519 over the other fields, a line each, after a heading of their own."""

    id: UUID
    purpose: str
    sha256: str
    attested_at: str
    key_id: UUID
    signature: str
