"""Assessments as people send and see them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from libs.contracts.assessment import AssessmentStatus
from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.tpg_sync import Hint, SyncState
from libs.web.body import Body
from libs.web.reason import Reason
from libs.web.views import AllowedAction, LastChange
from services.assessment.models.proposal import OverrideRule, ProposalKind, ProposalStatus
from services.assessment.models.revision import RevisionKind
from services.assessment.models.words import Grade, Result
from services.assessment.schemas.words import UNSET, ResultWord, Score, SkillCode


class _Personal(Body):
    """What is sent about how somebody did: no log or error that meets it shows more than its kind."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class AssessmentWish(_Personal):
    """A draft of how one person did in one skill; `skill_code` is left out when the course is assessed as a whole."""

    enrolment_id: UUID
    skill_code: SkillCode | None = None
    result: ResultWord | None = None
    score: Score | None = None
    grade: Grade | None = None
    assessed_on: date
    assessor_id: UUID | None = None
    """The account of who assessed; an assessor's own when left out."""


class AssessmentPatch(_Personal):
    """Only the fields sent change; null takes a word back."""

    skill_code: SkillCode | None = None
    result: ResultWord | None = None
    score: Score | None = None
    grade: Grade | None = None
    assessed_on: date = UNSET
    assessor_id: UUID | None = None


class AmendWish(_Personal):
    """What of a final result is to change, and why. `name_spelling` tells TPGateway the person's name anew."""

    skill_code: SkillCode | None = None
    result: ResultWord = UNSET
    score: Score | None = None
    grade: Grade | None = None
    assessed_on: date = UNSET
    name_spelling: bool = False
    reason: Reason


class ReassessWish(_Personal):
    """The next attempt. After the time for make-ups an override needs the right to it and its reason."""

    result: ResultWord | None = None
    score: Score | None = None
    grade: Grade | None = None
    assessed_on: date
    assessor_id: UUID | None = None
    override: bool = False
    reason: Reason | None = None


class ReasonWish(Body):
    reason: Reason


class MaybeReason(Body):
    reason: Reason | None = None


class SyncBlock(BaseModel):
    """How far TPGateway holds this record."""

    state: SyncState
    revision: int
    acked_revision: int | None
    acked_at: datetime | None
    job_id: UUID | None
    error_code: str | None
    hints: list[Hint]


class Notice(BaseModel):
    """Something worth a look: `blocks` when the draft cannot be finalised before it is settled."""

    code: str
    message: str
    field: str | None = None
    blocks: bool = False


class ProposalView(BaseModel):
    """What waits for a second person. `values` are shown to those who may see results."""

    id: UUID
    kind: ProposalKind
    status: ProposalStatus
    fields: list[str]
    values: dict[str, Any] | None = Field(repr=False)
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None


class OverrideView(BaseModel):
    id: UUID
    rule: OverrideRule
    reason: str
    granted_by: str
    granted_at: datetime


class AssessmentSummary(BaseModel):
    """An assessment in a list. Result, score and grade are null for those who may not see them."""

    id: UUID
    version: int
    enrolment_id: UUID
    run_id: UUID
    course_reference: str
    skill_code: str | None
    attempt: int
    status: AssessmentStatus
    effective: bool
    result: Result | None = Field(repr=False)
    score: int | None = Field(repr=False)
    grade: Grade | None = Field(repr=False)
    erased: bool = False
    """Nobody reads any more how this person did; whether they passed is on record of nobody anyone knows."""
    assessed_on: date
    assessor_id: UUID | None
    assessor_trains: bool
    rule_number: int
    overridden: bool
    sync_state: SyncState
    remote_id: str | None
    updated_at: datetime


class AssessmentDetail(AssessmentSummary, LastChange):
    """An assessment with everything its page shows."""

    late_override: bool
    finalised_at: datetime | None
    finalised_by: str | None
    amendable_until: date | None
    """The last Singapore day on which its own assessor may amend it alone."""
    voided_at: datetime | None
    voided_by: str | None
    void_reason: str | None
    created_at: datetime
    created_by: str
    sync: SyncBlock
    open_proposal: ProposalView | None
    overrides: list[OverrideView]
    allowed_actions: list[AllowedAction]
    warnings: list[Notice]


class RevisionView(BaseModel):
    """What the result said at one revision, who made it, and why."""

    number: int
    kind: RevisionKind
    skill_code: str | None
    result: Result | None = Field(repr=False)
    score: int | None = Field(repr=False)
    grade: Grade | None = Field(repr=False)
    erased: bool = False
    assessed_on: date
    rule_number: int
    fields: list[str]
    reason: str | None
    proposal_id: UUID | None
    made_at: datetime
    made_by: str
    made_as: str


class OutcomeView(BaseModel):
    """One enrolment over all skills its course asks for; `missing` are those without a result that counts."""

    enrolment_id: UUID
    run_id: UUID
    enrolment_status: EnrolmentStatus
    assessable: bool
    attended_enough: bool
    """Whether the minimum is met over what was held so far."""
    decided: bool
    passed: bool
    required: list[str]
    """A course that is assessed as a whole has one skill, without a code."""
    missing: list[str]
    failed: list[str]
    certificate_id: UUID | None
    """The one that is valid."""
