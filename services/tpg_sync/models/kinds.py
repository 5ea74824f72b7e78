"""What jobs are for, and the states and steps of their life."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from libs.tpgateway.operations import Group


class JobState(StrEnum):
    BLOCKED = "blocked"
    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    RETRY_WAIT = "retry_wait"
    VERIFYING = "verifying"
    SUCCEEDED = "succeeded"
    REJECTED = "rejected"
    DEAD_LETTERED = "dead_lettered"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


S = JobState
CLOSED: Final = frozenset({S.SUCCEEDED, S.SUPERSEDED, S.CANCELLED})
"""Nothing more will happen to the job; it holds nobody up."""
WAITING_FOR_A_PERSON: Final = frozenset({S.REJECTED, S.DEAD_LETTERED})
UNSENT: Final = frozenset({S.BLOCKED, S.QUEUED, S.RETRY_WAIT})
DUE_STATES: Final = (S.QUEUED, S.RETRY_WAIT, S.VERIFYING)

STEPS: Final[Mapping[JobState, frozenset[JobState]]] = {
    S.BLOCKED: frozenset({S.QUEUED, S.SUPERSEDED}),
    S.QUEUED: frozenset({S.IN_FLIGHT, S.SUCCEEDED, S.SUPERSEDED}),
    S.IN_FLIGHT: frozenset({S.SUCCEEDED, S.VERIFYING, S.RETRY_WAIT, S.REJECTED, S.DEAD_LETTERED, S.SUPERSEDED}),
    S.RETRY_WAIT: frozenset({S.IN_FLIGHT, S.SUPERSEDED}),
    S.VERIFYING: frozenset({S.SUCCEEDED, S.QUEUED, S.REJECTED, S.VERIFYING, S.DEAD_LETTERED, S.SUPERSEDED}),
    S.REJECTED: frozenset({S.QUEUED, S.CANCELLED, S.SUPERSEDED}),
    S.DEAD_LETTERED: frozenset({S.QUEUED, S.CANCELLED, S.SUPERSEDED}),
    S.SUCCEEDED: frozenset(),
    S.SUPERSEDED: frozenset(),
    S.CANCELLED: frozenset(),
}


class JobKind(StrEnum):
    """What a job means to do; `run.sessions` only reads, and is always safe to repeat."""

    RUN_PUBLISH = "run.publish"
    RUN_EDIT = "run.edit"
    RUN_DELETE = "run.delete"
    RUN_SESSIONS = "run.sessions"


CREATES: Final = frozenset({JobKind.RUN_PUBLISH})
"""What makes a record TPGateway did not have: never repeated before a look."""
REMOVALS: Final = frozenset({JobKind.RUN_DELETE})
"""What takes a record back; never turns into anything else."""
READINGS: Final = frozenset({JobKind.RUN_SESSIONS})

GROUP_OF: Final[Mapping[JobKind, Group]] = {
    JobKind.RUN_PUBLISH: Group.COURSE_RUNS,
    JobKind.RUN_EDIT: Group.COURSE_RUNS,
    JobKind.RUN_DELETE: Group.COURSE_RUNS,
    JobKind.RUN_SESSIONS: Group.SESSIONS,
}
"""Which circuit breaker guards a kind, beside the one of the whole host."""
