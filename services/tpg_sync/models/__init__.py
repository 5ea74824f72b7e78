"""The tables of tpg-sync and what their rows may do, one noun a file."""

from services.tpg_sync.models.attempt import SyncAttempt
from services.tpg_sync.models.calendar import RunCalendar
from services.tpg_sync.models.job import SyncJob
from services.tpg_sync.models.kinds import (
    CLOSED,
    CREATES,
    DUE_STATES,
    ENDINGS,
    GROUP_OF,
    KINDS_OF,
    READINGS,
    REMOVALS,
    STEPS,
    UNSENT,
    WAITING_FOR_A_PERSON,
    JobKind,
    JobState,
)
from services.tpg_sync.models.model import Model
from services.tpg_sync.models.need import Beside, Need, Standing, Wait, needs
from services.tpg_sync.models.obligation import Obligation, ObligationProvider
from services.tpg_sync.models.obligation_files import ObligationEnrolment, ObligationPart, ObligationRun
from services.tpg_sync.models.obligation_kinds import ObligationKey, ObligationState, Style, Subject
from services.tpg_sync.models.obligation_sum import ObligationSum
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
    "CREATES",
    "DUE_STATES",
    "ENDINGS",
    "GROUP_OF",
    "HOST_GROUP",
    "KINDS_OF",
    "LANE_ID",
    "LOWEST_SHARE",
    "READINGS",
    "REMOVALS",
    "SLOWED_SHARE",
    "STEPS",
    "UNSENT",
    "WAITING_FOR_A_PERSON",
    "Beside",
    "BreakerState",
    "CourseFunding",
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
    "RecordKey",
    "RunCalendar",
    "ScanWatch",
    "Standing",
    "Style",
    "Subject",
    "SyncAttempt",
    "SyncBreaker",
    "SyncJob",
    "SyncLane",
    "SyncRecord",
    "Ties",
    "Wait",
    "breaker_id_of",
    "needs",
]
