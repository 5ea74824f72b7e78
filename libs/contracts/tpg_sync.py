"""What tpg-sync says: how each record's submission to TPGateway fares.

The aggregate is the submitted record itself (`record_id` is the run's, later the enrolment's, own id), so a subscriber
hears one record's outcomes in order.
"""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.contracts.event import Event


class RecordType(StrEnum):
    RUN = "run"
    ENROLMENT = "enrolment"
    FEE = "fee"
    ATTENDANCE = "attendance"
    ASSESSMENT = "assessment"


class SyncState(StrEnum):
    """How far TPGateway holds our version of a record."""

    NOT_APPLICABLE = "not_applicable"
    PENDING = "pending"
    SYNCED = "synced"
    STALE = "stale"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    DEAD = "dead"
    DRIFTED = "drifted"


class RemoteIds(BaseModel):
    """What TPGateway calls the record and its parts; `parts` maps our ids (sessions of a run) to theirs."""

    model_config = ConfigDict(frozen=True)

    record: str | None = None
    parts: dict[UUID, str] = {}


class Hint(BaseModel):
    """One reason for a refusal: where, what, and what would mend it. Never a personal value."""

    model_config = ConfigDict(frozen=True)

    field: str
    code: str
    message: str
    fix: str = ""


class SyncEvent(Event):
    record_id: UUID
    record_type: RecordType
    job_id: UUID
    kind: str
    record_revision: int
    state: SyncState

    @property
    def foreign(self) -> bool:
        """About something at TPGateway that is none of ours, and is removed there: no owner knows it."""
        return self.kind.endswith("_foreign")


class SyncQueued(SyncEvent, type="sync.queued", key="record_id"):
    """A job exists; nothing was sent yet. Also after a requeue by a person."""


class SyncVerifying(SyncEvent, type="sync.verifying", key="record_id"):
    """It was sent and the reply was lost: read back before anything is repeated."""


class SyncSucceeded(SyncEvent, type="sync.succeeded", key="record_id"):
    """TPGateway holds this revision."""

    remote: RemoteIds = RemoteIds()


class SyncRejected(SyncEvent, type="sync.rejected", key="record_id"):
    """TPGateway refused for a reason a person must mend."""

    error_code: str
    hints: tuple[Hint, ...] = ()


class SyncDeadLettered(SyncEvent, type="sync.dead_lettered", key="record_id"):
    """Every attempt was used; it waits for a person."""

    error_code: str


class SyncDiscarded(SyncEvent, type="sync.discarded", key="record_id"):
    """A person gave the job up, with a reason; the record keeps saying so until another job succeeds."""


class SyncReadBack(Event):
    """What a reconciliation saw of one record; no job of ours is meant."""

    record_id: UUID
    record_type: RecordType
    record_revision: int
    state: SyncState


class SyncDrifted(SyncReadBack, type="sync.drifted", key="record_id"):
    """TPGateway's copy is no longer what it acknowledged, without our doing; `codes` name the discrepancies."""

    codes: tuple[str, ...]


class SyncReconciled(SyncReadBack, type="sync.reconciled", key="record_id"):
    """Nothing is left of a drift: both sides hold the same again, or a person accepted the difference."""


class DiscrepancyEvent(Event):
    """A disagreement with TPGateway, by ids and code; what differs is read, with permission, from tpg-sync."""

    discrepancy_id: UUID
    code: str
    verdict: str
    record_type: RecordType
    record_id: UUID | None = None
    run_id: UUID | None = None
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    remote_ref: str | None = None
    state: str


class DiscrepancyOpened(DiscrepancyEvent, type="discrepancy.opened", key="discrepancy_id"):
    """Seen for the first time, or again after a person had accepted something else."""


class DiscrepancyDecided(DiscrepancyEvent, type="discrepancy.decided", key="discrepancy_id"):
    """A person said what is to be done about it; `state` tells whether that is all there was to it."""

    action: str
    job_id: UUID | None = None


class DiscrepancyResolved(DiscrepancyEvent, type="discrepancy.resolved", key="discrepancy_id"):
    """A reading shows it no more, whoever mended it."""


class ReconciliationRequested(Event, type="reconciliation.requested", key="reconciliation_id"):
    """A person, or the day's plan, wants a run, or all open runs, compared with TPGateway."""

    reconciliation_id: UUID
    run_id: UUID | None = None
    origin: str


class OfficialScanSeen(Event, type="official_scan.seen", key="enrolment_id"):
    """TPGateway holds an official (Singpass) scan of this enrolment's person in this session; a fact of theirs."""

    enrolment_id: UUID
    session_id: UUID
    remote_row: str


class ObligationLevel(StrEnum):
    """How urgent a duty is."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class ObligationEvent(Event):
    """A dated duty of the compliance calendar: `obligation_key` names which, the subject what it hangs on.

    `policy` is the version of the rules it was judged by.
    """

    obligation_id: UUID
    obligation_key: str
    subject_type: str
    subject_id: UUID
    run_id: UUID
    due_at: AwareDatetime
    level: ObligationLevel
    policy: str


class ObligationLevelChanged(ObligationEvent, type="obligation.level_changed", key="obligation_id"):
    """It became more urgent, or less: by time, or because it was met, moved or dropped."""

    previous: ObligationLevel


class ObligationBreached(ObligationEvent, type="obligation.breached", key="obligation_id"):
    """It was not met in time; it stays on the list until somebody waives it."""


class ObligationWaived(ObligationEvent, type="obligation.waived", key="obligation_id"):
    """Somebody decided, for the reason given, that nothing more will be done about it."""


class EvidenceExported(Event, type="evidence.exported", key="evidence_id"):
    """The evidence of a run left the system, names and identity numbers masked; the digest (in hex) says exactly which.

    `people` had a place on the run, `entries` of the audit log are in it.
    """

    evidence_id: UUID
    run_id: UUID
    people: int
    marks: int
    results: int
    jobs: int
    obligations: int
    entries: int
    manifest_sha256: str


class LaneHeld(Event, type="lane.held", key="lane_id"):
    """All sending stopped: credentials, certificate or encryption are refused."""

    lane_id: UUID
    cause: str


class LaneReleased(Event, type="lane.released", key="lane_id"):
    """Sending goes on."""

    lane_id: UUID


class BreakerChanged(Event, type="breaker.changed", key="breaker_id"):
    """The circuit to TPGateway (or one group of its operations) opened, half-opened or closed."""

    breaker_id: UUID
    group: str
    state: str
