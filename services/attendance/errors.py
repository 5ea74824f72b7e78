"""Everything attendance can refuse, on one page. Messages carry ids, states and times, never personal data.

Conflict                          409, `allowed` says what would be accepted
├── ActionNotAllowed              the mark's state does not take this action
├── OfficialScan                  a local mark would overwrite what TPGateway scanned
├── PresentElsewhere              the person is present in another session at that time
├── NotSeated                     the enrolment did not hold its seat when the session began
├── SessionNotBegun               nothing is marked ahead of time
├── SessionCancelled              the session does not take place
├── SheetNotDue                   the sheet does not open before its time
├── SheetNotOpen                  the sheet is locked
├── SheetNotLocked                the sheet is open already
├── CodeExpired                   the code on the screen has changed since it was read
├── CheckInClosed                 the time for checking oneself in is over
├── PolicyInForce                 a policy version may only begin in the future
├── Duplicate                     another record has this date
├── ImportBusy                    an import is not at the step this needs
└── RowsRefused                   an import was to be taken whole, and some rows cannot be
Invalid                           422, `errors` say where and how to mend
├── WrongWords                    fields that contradict each other or the session
└── UnknownPass                   the personal pass is not one of ours
Unavailable                       503
└── RollUnavailable               enrolment cannot be asked who a person is
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.errors import Conflict, FieldError, Invalid, Unavailable


class ActionNotAllowed(Conflict):
    code = "action_not_allowed"

    def __init__(self, action: str, state: str, *, allowed: Sequence[str]) -> None:
        super().__init__(f"Attendance that is {state} does not take '{action}'.", allowed=allowed)


class OfficialScan(Conflict):
    code = "official_scan"

    def __init__(self, attendance_id: UUID) -> None:
        super().__init__(
            f"TPGateway holds an official scan for attendance {attendance_id}: no local mark overwrites it.",
            allowed=("void with a reason",),
        )


class PresentElsewhere(Conflict):
    code = "present_elsewhere"

    def __init__(self, session_id: UUID) -> None:
        super().__init__(
            f"The person is present in session {session_id} at the same time.",
            allowed=("absent", f"void or correct the attendance of session {session_id} first"),
        )


class NotSeated(Conflict):
    code = "not_seated"

    def __init__(self, enrolment_id: UUID) -> None:
        super().__init__(
            f"Enrolment {enrolment_id} did not hold its seat when the session began.",
            allowed=("reinstate the enrolment",),
        )


class SessionNotBegun(Conflict):
    code = "session_not_begun"

    def __init__(self, session_id: UUID, start_at: datetime) -> None:
        super().__init__(
            f"Session {session_id} begins at {start_at.isoformat()}: nothing is marked ahead of time.",
            allowed=("mark once it has begun",),
        )


class SessionCancelled(Conflict):
    code = "session_cancelled"

    def __init__(self, session_id: UUID) -> None:
        super().__init__(f"Session {session_id} does not take place.", allowed=("another session",))


class SheetNotDue(Conflict):
    code = "sheet_not_due"

    def __init__(self, session_id: UUID, opens_at: datetime) -> None:
        super().__init__(
            f"The sheet of session {session_id} opens at {opens_at.isoformat()}.", allowed=("ask again then",)
        )


class SheetNotOpen(Conflict):
    code = "sheet_locked"

    def __init__(self, session_id: UUID) -> None:
        super().__init__(
            f"The sheet of session {session_id} is locked.",
            allowed=("unlock with a reason", "correct with a reason, by who may"),
        )


class SheetNotLocked(Conflict):
    code = "sheet_open"

    def __init__(self, session_id: UUID) -> None:
        super().__init__(f"The sheet of session {session_id} is open already.", allowed=("lock",))


class CodeExpired(Conflict):
    code = "code_expired"

    def __init__(self) -> None:
        super().__init__("The code does not fit, or not any more.", allowed=("read the code on the screen again",))


class CheckInClosed(Conflict):
    code = "check_in_closed"

    def __init__(self, closed_at: datetime) -> None:
        super().__init__(
            f"Checking in ended at {closed_at.isoformat()}.", allowed=("ask the trainer to mark you present",)
        )


class UnknownPass(Invalid):
    code = "unknown_pass"

    def __init__(self) -> None:
        wrong = FieldError("pass", "unknown", "This personal pass is not known for this session.", "Ask for a new one.")
        super().__init__("The personal pass cannot be used here.", [wrong])


class RollUnavailable(Unavailable):
    code = "roll_unavailable"

    def __init__(self) -> None:
        super().__init__("Enrolment cannot be asked who the people on this run are.")
