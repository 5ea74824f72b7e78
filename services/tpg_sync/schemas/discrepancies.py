"""Request and response shapes of reconciliation and repair: references, names of fields, digests; no values."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from libs.contracts.tpg_sync import Hint, RecordType
from libs.web.body import Body
from libs.web.reason import Reason
from services.tpg_sync.models import (
    Action,
    Code,
    Discrepancy,
    DiscrepancyState,
    JobKind,
    Origin,
    Reconciliation,
    ReconciliationState,
    ReconciliationStep,
    StepState,
    SyncJob,
    Verdict,
)


class DiscrepancyView(BaseModel):
    """One disagreement: what about, how long, what it endangers, and what may be done."""

    id: UUID
    version: int
    code: Code
    verdict: Verdict
    state: DiscrepancyState
    run_id: UUID | None
    course_reference: str | None
    record_type: RecordType
    record_id: UUID | None
    session_id: UUID | None
    enrolment_id: UUID | None
    remote_ref: str | None
    fields: list[str]
    ours_digest: str
    acked_digest: str
    theirs_digest: str
    suggested: Action
    actions: list[Action]
    """Everything that may be decided about it."""
    first_seen_at: datetime
    last_seen_at: datetime
    age_seconds: float
    deadline_at: datetime | None
    headroom_seconds: float | None
    """Time left until the deadline it endangers; negative when it has passed."""
    resolved_at: datetime | None
    resolution: Action | None
    requested_by: str | None
    approved_by: str | None
    assignee_id: str | None
    reason: str | None
    refusal: str | None
    job_id: UUID | None
    bulk_id: UUID | None

    @classmethod
    def of(cls, row: Discrepancy, now: datetime) -> Self:
        plain = {name: getattr(row, name) for name in cls.model_fields if name in Discrepancy.model_fields}
        left = None if row.deadline_at is None or row.resolved_at else (row.deadline_at - now).total_seconds()
        return cls(
            **plain,
            actions=list(row.actions),
            age_seconds=((row.resolved_at or now) - row.first_seen_at).total_seconds(),
            headroom_seconds=left,
        )


class PlannedCallView(BaseModel):
    """One call a repair would make, personal values masked."""

    kind: JobKind
    operation: str
    method: str
    path: str
    body: dict[str, Any] | None
    hints: list[Hint]


class RepairJobView(BaseModel):
    id: UUID
    kind: JobKind
    state: str

    @classmethod
    def of(cls, job: SyncJob) -> Self:
        return cls(id=job.id, kind=job.kind, state=job.state)


class ResolutionView(BaseModel):
    """What was decided, or would be: with `dry_run` the calls are shown, nothing is changed and nothing is sent."""

    discrepancy: DiscrepancyView
    dry_run: bool
    effect: str
    """In words, what happens."""
    waits_for_second_person: bool = False
    calls: list[PlannedCallView] = []
    jobs: list[RepairJobView] = []


class ResolutionWish(Body):
    action: Action
    reason: Reason
    dry_run: bool = False
    assignee_id: str | None = Field(default=None, max_length=100)


class DiscrepancyFilterWish(Body):
    """Which unresolved discrepancies; what is left out does not limit."""

    code: Code | None = None
    verdict: Verdict | None = None
    record_type: RecordType | None = None
    run_id: UUID | None = None
    state: DiscrepancyState | None = None


class BulkResolutionWish(Body):
    """Decide all that match: first a dry run, then again with the number it showed."""

    filter: DiscrepancyFilterWish = DiscrepancyFilterWish()
    action: Action
    reason: Reason
    dry_run: bool = True
    confirm: int | None = Field(default=None, ge=0)
    """How many the dry run counted: they are decided only if they still are so many."""

    @model_validator(mode="after")
    def _confirmed_when_meant(self) -> Self:
        if not self.dry_run and self.confirm is None:
            message = "send as `confirm` how many the dry run counted"
            raise ValueError(message)
        return self


class UndecidedView(BaseModel):
    """Those of one code that are not mended this way, and how they are."""

    code: Code
    count: int
    reason: str
    """`action_not_allowed`, `admin_decides`, `being_mended` or `nothing_to_repair`."""
    actions: list[Action]
    """What may be decided about them instead."""


class BulkResolutionView(BaseModel):
    """What was decided; after a dry run what would be: it is carried out in full and undone."""

    dry_run: bool
    matching: int
    by_code: dict[str, int]
    decidable: int
    """How many of those that match this action mends; the others stand in `undecided`."""
    decided: int
    refused: dict[str, int]
    """How many are not decided, by the reason for it."""
    undecided: list[UndecidedView]
    bulk_id: UUID | None
    """By which its progress is asked for."""


class BulkProgressView(BaseModel):
    bulk_id: UUID
    total: int
    resolved: int
    sending: int
    stuck: int


class CountsView(BaseModel):
    """How many discrepancies, by code."""

    total: int
    by_code: dict[str, int]


class ReconciliationWish(Body):
    """One run, or all that are open."""

    run_id: UUID | None = None
    all: bool = False

    @model_validator(mode="after")
    def _one_or_all(self) -> Self:
        if (self.run_id is None) == (not self.all):
            message = "name a run_id, or say all: true"
            raise ValueError(message)
        return self


class ReconciliationView(BaseModel):
    """How a comparison gets on."""

    id: UUID
    origin: Origin
    state: ReconciliationState
    run_id: UUID | None
    steps: int
    steps_done: int
    progress: float
    counts: dict[str, int]
    created_by: str
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Reconciliation) -> Self:
        plain = {name: getattr(row, name) for name in cls.model_fields if name in Reconciliation.model_fields}
        return cls(**plain, progress=row.steps_done / row.steps if row.steps else 1.0)


class StepView(BaseModel):
    run_id: UUID | None
    course_reference: str | None
    state: StepState
    not_before: datetime
    tries: int
    calls: int
    error_code: str | None
    finished_at: datetime | None

    @classmethod
    def of(cls, row: ReconciliationStep) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class ReconciliationDetail(ReconciliationView):
    run_steps: list[StepView] = []
