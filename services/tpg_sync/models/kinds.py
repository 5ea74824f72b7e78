"""What jobs are for, and the states and steps of their life."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from libs.contracts.tpg_sync import RecordType
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
WAITING_FOR_A_TURN: Final = frozenset({S.BLOCKED, S.QUEUED})
FAILING: Final = frozenset({S.RETRY_WAIT, S.VERIFYING})
"""It did not succeed so far, and goes on by itself."""
DISCARDABLE: Final = WAITING_FOR_A_PERSON | {S.BLOCKED}
"""What a person may give up: nobody is at it, and nothing of it may be out."""
UNSENT: Final = frozenset({S.BLOCKED, S.QUEUED, S.RETRY_WAIT})
DUE_STATES: Final = (S.QUEUED, S.RETRY_WAIT, S.VERIFYING)

STEPS: Final[Mapping[JobState, frozenset[JobState]]] = {
    S.BLOCKED: frozenset({S.QUEUED, S.SUPERSEDED, S.CANCELLED}),
    S.QUEUED: frozenset({S.IN_FLIGHT, S.SUCCEEDED, S.SUPERSEDED}),
    S.IN_FLIGHT: frozenset(
        {S.SUCCEEDED, S.VERIFYING, S.RETRY_WAIT, S.BLOCKED, S.REJECTED, S.DEAD_LETTERED, S.SUPERSEDED}
    ),
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
    ENROLMENT_CREATE = "enrolment.create"
    ENROLMENT_UPDATE = "enrolment.update"
    ENROLMENT_CANCEL = "enrolment.cancel"
    FEE_COLLECT = "fee.collect"
    ATTENDANCE_UPLOAD = "attendance.upload"
    ASSESSMENT_CREATE = "assessment.create"
    ASSESSMENT_UPDATE = "assessment.update"
    ASSESSMENT_VOID = "assessment.void"
    RUN_DROP_SESSION = "run.drop_session"
    """Take away one session there that is none of ours."""
    RUN_DELETE_FOREIGN = "run.delete_foreign"
    ENROLMENT_CANCEL_FOREIGN = "enrolment.cancel_foreign"
    ATTENDANCE_VOID_FOREIGN = "attendance.void_foreign"
    ASSESSMENT_VOID_FOREIGN = "assessment.void_foreign"


K = JobKind
CREATES: Final = frozenset({K.RUN_PUBLISH, K.ENROLMENT_CREATE, K.ATTENDANCE_UPLOAD, K.ASSESSMENT_CREATE})
"""What makes something TPGateway did not have: never repeated before a look."""
FOREIGN: Final = frozenset(
    {K.RUN_DELETE_FOREIGN, K.ENROLMENT_CANCEL_FOREIGN, K.ATTENDANCE_VOID_FOREIGN, K.ASSESSMENT_VOID_FOREIGN}
)
"""Removals of what none of our records stands for: no owner is asked."""
REMOVALS: Final = frozenset({K.RUN_DELETE, K.ENROLMENT_CANCEL, K.ASSESSMENT_VOID}) | FOREIGN
"""What takes a record back; never turns into anything else."""
ENDINGS: Final = frozenset({K.ENROLMENT_CANCEL, K.ASSESSMENT_VOID})
"""Removals whose record stays to be seen: when one is refused, a look tells whether it was ended already."""
READINGS: Final = frozenset({K.RUN_SESSIONS})

_GROUPS: Final[Mapping[RecordType, Group]] = {
    RecordType.RUN: Group.COURSE_RUNS,
    RecordType.ENROLMENT: Group.ENROLMENTS,
    RecordType.FEE: Group.ENROLMENTS,
    RecordType.ATTENDANCE: Group.ATTENDANCE,
    RecordType.ASSESSMENT: Group.ASSESSMENTS,
}
GROUP_OF: Final[Mapping[JobKind, Group]] = {
    **{kind: _GROUPS[RecordType(kind.partition(".")[0])] for kind in JobKind},
    K.RUN_SESSIONS: Group.SESSIONS,
}
"""Which circuit breaker guards a kind, beside the one of the whole host."""
KINDS_OF: Final[Mapping[RecordType, frozenset[JobKind]]] = {
    record_type: frozenset(kind for kind in JobKind if kind.startswith(f"{record_type}.")) for record_type in RecordType
}
"""The kinds that are about one type of record; each kind's first word says which."""
