"""The kinds of disagreement with TPGateway, what a comparison of three copies can say, and what mends each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from libs.contracts.tpg_sync import RecordType


class Verdict(StrEnum):
    """What ours, the one last acknowledged and TPGateway's say together."""

    CLEAN = "clean"
    STALE = "stale"
    """We are ahead: theirs is what they acknowledged last."""
    DRIFT = "drift"
    """Theirs moved without our doing."""
    CONFLICT = "conflict"
    """Both moved, apart from each other."""
    CONVERGED = "converged"
    """Both moved, to the same."""


class Code(StrEnum):
    RUN_MISSING = "RUN-01"
    RUN_UNKNOWN = "RUN-02"
    RUN_DIFFERS = "RUN-03"
    SESSION_MISSING = "SES-01"
    SESSION_EXTRA = "SES-02"
    SESSION_DIFFERS = "SES-03"
    ENROLMENT_MISSING = "ENR-01"
    ENROLMENT_UNKNOWN = "ENR-02"
    ENROLMENT_STATUS = "ENR-03"
    ENROLMENT_FEE = "ENR-04"
    ENROLMENT_CONTACT = "ENR-05"
    ENROLMENT_IDENTITY = "ENR-06"
    ENROLMENT_TWICE = "ENR-07"
    ATTENDANCE_MISSING = "ATT-01"
    ATTENDANCE_UNMARKED = "ATT-02"
    ATTENDANCE_STATUS = "ATT-03"
    ATTENDANCE_STRANGER = "ATT-04"
    ATTENDANCE_OVERLAP = "ATT-05"
    RESULT_MISSING = "ASM-01"
    RESULT_UNKNOWN = "ASM-02"
    RESULT_DIFFERS = "ASM-03"
    RESULT_UNSEATED = "ASM-04"
    TRAINERS_DIFFER = "TRN-01"


class Action(StrEnum):
    """What a person may decide about a discrepancy."""

    PUSH = "push"
    """Bring TPGateway to what we hold; creates anew what it lost."""
    PULL = "pull"
    """Take over a fact that is TPGateway's to tell."""
    ADOPT = "adopt"
    """Make theirs one of ours."""
    CANCEL_REMOTE = "cancel_remote"
    """Cancel there what we do not hold."""
    VOID_REMOTE = "void_remote"
    """Declare void there what we do not hold."""
    REPLACE = "replace"
    """Cancel there and create anew, for what cannot be changed there."""
    ACCEPT = "accept"
    """Leave it as it is, until theirs changes again."""
    ASSIGN = "assign"
    """Somebody looks into it."""


A, C = Action, Code


@dataclass(frozen=True, slots=True)
class CodeRule:
    """What a code is about, and what may be done: by ops and admins, by admins alone, or by two persons."""

    about: RecordType
    actions: tuple[Action, ...]
    admin: frozenset[Action] = frozenset()
    two_persons: frozenset[Action] = frozenset()
    where_suggested: frozenset[Action] = frozenset()
    """Mends it only where the reading suggests it."""


_RUN, _ENROLMENT, _FEE = RecordType.RUN, RecordType.ENROLMENT, RecordType.FEE
_ATTENDANCE, _ASSESSMENT = RecordType.ATTENDANCE, RecordType.ASSESSMENT

CODE_RULES: Final[Mapping[Code, CodeRule]] = {
    C.RUN_MISSING: CodeRule(_RUN, (A.PUSH,)),
    C.RUN_UNKNOWN: CodeRule(_RUN, (A.CANCEL_REMOTE,), admin=frozenset({A.CANCEL_REMOTE})),
    C.RUN_DIFFERS: CodeRule(_RUN, (A.PUSH,)),
    C.SESSION_MISSING: CodeRule(_RUN, (A.PUSH,)),
    C.SESSION_EXTRA: CodeRule(_RUN, (A.CANCEL_REMOTE, A.PUSH), where_suggested=frozenset({A.PUSH})),
    C.SESSION_DIFFERS: CodeRule(_RUN, (A.PUSH,)),
    C.TRAINERS_DIFFER: CodeRule(_RUN, (A.PUSH,)),
    C.ENROLMENT_MISSING: CodeRule(_ENROLMENT, (A.PUSH,)),
    C.ENROLMENT_UNKNOWN: CodeRule(_ENROLMENT, (A.ADOPT, A.CANCEL_REMOTE)),
    C.ENROLMENT_STATUS: CodeRule(_ENROLMENT, (A.PUSH,)),
    C.ENROLMENT_FEE: CodeRule(_FEE, (A.PUSH,)),
    C.ENROLMENT_CONTACT: CodeRule(_ENROLMENT, (A.PUSH,)),
    C.ENROLMENT_IDENTITY: CodeRule(_ENROLMENT, (A.REPLACE,)),
    C.ENROLMENT_TWICE: CodeRule(_ENROLMENT, (A.CANCEL_REMOTE,), two_persons=frozenset({A.CANCEL_REMOTE})),
    C.ATTENDANCE_MISSING: CodeRule(_ATTENDANCE, (A.PUSH,)),
    C.ATTENDANCE_UNMARKED: CodeRule(_ATTENDANCE, (A.PULL, A.VOID_REMOTE), where_suggested=frozenset({A.PULL})),
    C.ATTENDANCE_STATUS: CodeRule(_ATTENDANCE, (A.PUSH, A.VOID_REMOTE)),
    C.ATTENDANCE_STRANGER: CodeRule(_ATTENDANCE, (A.VOID_REMOTE,)),
    C.ATTENDANCE_OVERLAP: CodeRule(_ATTENDANCE, (A.VOID_REMOTE,), admin=frozenset({A.VOID_REMOTE, A.ACCEPT})),
    C.RESULT_MISSING: CodeRule(_ASSESSMENT, (A.PUSH,)),
    C.RESULT_UNKNOWN: CodeRule(_ASSESSMENT, (A.ADOPT, A.VOID_REMOTE)),
    C.RESULT_DIFFERS: CodeRule(_ASSESSMENT, (A.PUSH,), admin=frozenset({A.PUSH, A.ACCEPT})),
    C.RESULT_UNSEATED: CodeRule(_ASSESSMENT, ()),
}
