"""Everything course can refuse, on one page. Messages carry ids, states and times, never personal data.

Conflict                          409, `allowed` says what would be accepted
├── ActionNotAllowed              the run's state does not take this action
├── SlotTaken                     trainer, room or run is busy at that time; names with what
├── BookingRaced                  two bookings of one calendar met; asking again is safe
├── SessionFrozen                 started, held, attended or too close to its start
├── LastSession                   a published run keeps one session
├── RunAttended                   somebody was present: the run cannot be cancelled
├── MinPaxNotReached              confirm needs seats, or an override with a reason
├── StillOwed                     close needs every session over and TPGateway to hold the run, or a waiver
├── ReferenceFrozen               the course reference of a published run never changes
├── AlreadyRetired · Retired      the course, venue or trainer takes no new bookings
├── InUse                         planned sessions still need it
├── Duplicate                     another record has this reference, identity number, account or date
└── PolicyInForce                 a policy version may only begin in the future
Invalid                           422, `errors` say where and how to mend
├── NotPublishable                the pre-flight found what TPGateway would refuse
├── Unplannable                   the wished sessions or dates break a rule
└── UnknownReference              an id in the body is not known here
Forbidden
└── OverrideNotAllowed            only a role with `runs:override` may set this rule aside
TooMany
└── TooManyReveals                too many identity numbers read in an hour
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.errors import Conflict, FieldError, Invalid


class ActionNotAllowed(Conflict):
    code = "action_not_allowed"

    def __init__(self, action: str, status: str, *, allowed: Sequence[str]) -> None:
        super().__init__(f"A course run that is {status} does not take '{action}'.", allowed=allowed)


class SlotTaken(Conflict):
    code = "slot_taken"

    def __init__(self, kind: str, owner_id: UUID, busy: tuple[UUID, UUID, datetime, datetime] | None = None) -> None:
        where = ""
        if busy is not None:
            run_id, session_id, start_at, end_at = busy
            where = f" by session {session_id} of run {run_id} from {start_at.isoformat()} to {end_at.isoformat()}"
        super().__init__(f"The {kind} {owner_id} is taken{where}.", allowed=("another time", f"another {kind}"))


class BookingRaced(Conflict):
    code = "booking_raced"

    def __init__(self) -> None:
        super().__init__("Somebody else is booking the same trainer or room. Nothing was changed.", allowed=("again",))


class SessionFrozen(Conflict):
    code = "session_frozen"

    def __init__(self, session_id: UUID, why: str, *, allowed: Sequence[str] = ()) -> None:
        super().__init__(f"Session {session_id} stays as it is: {why}.", allowed=allowed)


class LastSession(Conflict):
    code = "last_session"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(
            f"Run {run_id} is published and keeps at least one session.", allowed=("add_session", "cancel")
        )


class RunAttended(Conflict):
    code = "run_attended"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"Somebody was present on run {run_id}: it can no longer be cancelled.")


class MinPaxNotReached(Conflict):
    code = "min_pax_not_reached"

    def __init__(self, registered: int, min_pax: int) -> None:
        super().__init__(
            f"{registered} of at least {min_pax} seats are confirmed.", allowed=("confirm with override and reason",)
        )


class StillOwed(Conflict):
    code = "still_owed"

    def __init__(self, why: str, *, allowed: Sequence[str]) -> None:
        super().__init__(f"The run cannot be closed yet: {why}.", allowed=allowed)


class ReferenceFrozen(Conflict):
    code = "reference_frozen"

    def __init__(self, course_id: UUID) -> None:
        super().__init__(
            f"Course {course_id} has published runs: its reference stays. A renewed course is a new one.",
            allowed=("a new course",),
        )


class AlreadyRetired(Conflict):
    code = "already_retired"

    def __init__(self, what: str, key: UUID) -> None:
        super().__init__(f"The {what} {key} is retired already.")


class Retired(Conflict):
    code = "retired"

    def __init__(self, what: str, key: UUID) -> None:
        super().__init__(f"The {what} {key} is retired and takes no new bookings.", allowed=(f"another {what}",))


class InUse(Conflict):
    code = "in_use"

    def __init__(self, what: str, key: UUID, sessions: int) -> None:
        super().__init__(
            f"The {what} {key} is still needed by {sessions} planned session(s).", allowed=(f"change their {what}",)
        )


class NotPublishable(Invalid):
    code = "not_publishable"

    def __init__(self, fields: Sequence[FieldError]) -> None:
        super().__init__("TPGateway would refuse this run. Mend the fields named and publish again.", fields)


class Unplannable(Invalid):
    code = "unplannable"

    def __init__(self, fields: Sequence[FieldError]) -> None:
        super().__init__("The sessions or dates break a rule.", fields)
