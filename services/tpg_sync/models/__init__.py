"""The tables of tpg-sync and what their rows may do, one noun a file."""

from services.tpg_sync.models.attempt import SyncAttempt
from services.tpg_sync.models.job import SyncJob
from services.tpg_sync.models.kinds import (
    CLOSED,
    CREATES,
    DUE_STATES,
    GROUP_OF,
    READINGS,
    REMOVALS,
    STEPS,
    UNSENT,
    WAITING_FOR_A_PERSON,
    JobKind,
    JobState,
)
from services.tpg_sync.models.model import Model
from services.tpg_sync.models.record import SyncRecord
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
    "GROUP_OF",
    "HOST_GROUP",
    "LANE_ID",
    "LOWEST_SHARE",
    "READINGS",
    "REMOVALS",
    "SLOWED_SHARE",
    "STEPS",
    "UNSENT",
    "WAITING_FOR_A_PERSON",
    "BreakerState",
    "JobKind",
    "JobState",
    "Model",
    "SyncAttempt",
    "SyncBreaker",
    "SyncJob",
    "SyncLane",
    "SyncRecord",
    "breaker_id_of",
]
