"""The tables of tpg-sync and what their rows may do, one noun a file."""

from services.tpg_sync.models.attempt import SyncAttempt
from services.tpg_sync.models.calendar import RunCalendar
from services.tpg_sync.models.codes import CODE_RULES, Action, Code, CodeRule, Verdict
from services.tpg_sync.models.day_start import DayStart
from services.tpg_sync.models.discrepancy import UNRESOLVED, Discrepancy, DiscrepancyState
from services.tpg_sync.models.heard import HeardEvent
from services.tpg_sync.models.job import SyncJob
from services.tpg_sync.models.kinds import (
    CLOSED,
    CREATES,
    DISCARDABLE,
    DUE_STATES,
    ENDINGS,
    FAILING,
    FOREIGN,
    GROUP_OF,
    KINDS_OF,
    READINGS,
    REMOVALS,
    STEPS,
    UNSENT,
    WAITING_FOR_A_PERSON,
    WAITING_FOR_A_TURN,
    JobKind,
    JobState,
)
from services.tpg_sync.models.model import Model
from services.tpg_sync.models.need import Beside, Need, Standing, Wait, needs
from services.tpg_sync.models.obligation import Obligation, ObligationProvider
from services.tpg_sync.models.obligation_files import ObligationEnrolment, ObligationPart, ObligationRun
from services.tpg_sync.models.obligation_kinds import ObligationKey, ObligationState, Style, Subject
from services.tpg_sync.models.obligation_sum import ObligationSum
from services.tpg_sync.models.reconciliation import (
    Origin,
    Presence,
    Reconciliation,
    ReconciliationState,
    ReconciliationStep,
    StepState,
)
from services.tpg_sync.models.record import RecordKey, SyncRecord, Ties
from services.tpg_sync.models.scan import CourseFunding, ScanWatch
from services.tpg_sync.models.way import (
    HOST_GROUP,
    LANE_ID,
    LOWEST_SHARE,
    SLOWED_SHARE,
    BreakerState,
    SyncBreaker,
    SyncLane,
    breaker_id_of,
)

__all__ = [
    "CLOSED",
    "CODE_RULES",
    "CREATES",
    "DISCARDABLE",
    "DUE_STATES",
    "ENDINGS",
    "FAILING",
    "FOREIGN",
    "GROUP_OF",
    "HOST_GROUP",
    "KINDS_OF",
    "LANE_ID",
    "LOWEST_SHARE",
    "READINGS",
    "REMOVALS",
    "SLOWED_SHARE",
    "STEPS",
    "UNRESOLVED",
    "UNSENT",
    "WAITING_FOR_A_PERSON",
    "WAITING_FOR_A_TURN",
    "Action",
    "Beside",
    "BreakerState",
    "Code",
    "CodeRule",
    "CourseFunding",
    "DayStart",
    "Discrepancy",
    "DiscrepancyState",
    "HeardEvent",
    "JobKind",
    "JobState",
    "Model",
    "Need",
    "Obligation",
    "ObligationEnrolment",
    "ObligationKey",
    "ObligationPart",
    "ObligationProvider",
    "ObligationRun",
    "ObligationState",
    "ObligationSum",
    "Origin",
    "Presence",
    "Reconciliation",
    "ReconciliationState",
    "ReconciliationStep",
    "RecordKey",
    "RunCalendar",
    "ScanWatch",
    "Standing",
    "StepState",
    "Style",
    "Subject",
    "SyncAttempt",
    "SyncBreaker",
    "SyncJob",
    "SyncLane",
    "SyncRecord",
    "Ties",
    "Verdict",
    "Wait",
    "breaker_id_of",
    "needs",
]
