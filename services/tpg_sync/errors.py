"""Everything tpg-sync can refuse, on one page."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from libs.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Unavailable


class JobNotInState(Conflict):
    """The job's state does not take this step; `allowed` says which states it could move to."""

    code = "job_not_in_state"

    def __init__(self, job_id: UUID, state: str, wish: str, allowed: Iterable[str]) -> None:
        super().__init__(f"Job {job_id} is {state}; it cannot become {wish}.", allowed=sorted(allowed))


class NewerJobExists(Conflict):
    """A later job carries the record's newer state; sending the older one again would turn it back."""

    code = "newer_job_exists"

    def __init__(self, job_id: UUID) -> None:
        super().__init__(f"A newer job of the same record exists; job {job_id} has nothing left to send.")


class StillAwaited(Conflict):
    """What the job waits for is on its way, and it goes on by itself when that is there."""

    code = "still_awaited"

    def __init__(self, job_id: UUID, what: Iterable[str]) -> None:
        super().__init__(f"Job {job_id} goes on by itself: {', '.join(what) or 'all it waits for'} is on its way.")


class ObligationNotOpen(Conflict):
    """Only what somebody still has to look at can be waived."""

    code = "obligation_not_open"

    def __init__(self, obligation_id: UUID, state: str) -> None:
        super().__init__(f"Obligation {obligation_id} is {state}; there is nothing to waive.", allowed=[])


class NotForetold(Invalid):
    """Only what is still to come can be foretold."""

    code = "not_foretold"

    def __init__(self, at: datetime, now: datetime) -> None:
        message = f"{at.isoformat()} is past; it is {now.isoformat()}."
        super().__init__(message, [FieldError("at", "past", message, "Name an instant to come, or none.")])


class LaneNotHeld(Conflict):
    code = "lane_not_held"

    def __init__(self) -> None:
        super().__init__("Sending is not held; there is nothing to release.")


class DiscrepancyNotInState(Conflict):
    """The discrepancy is not in a state that takes this decision."""

    code = "discrepancy_not_in_state"

    def __init__(self, discrepancy_id: UUID, state: str, wish: str, allowed: Iterable[str]) -> None:
        super().__init__(f"Discrepancy {discrepancy_id} is {state}; it cannot become {wish}.", allowed=sorted(allowed))


class ActionNotAllowed(Conflict):
    """A discrepancy of this kind is not mended that way; `allowed` says how it is."""

    code = "action_not_allowed"

    def __init__(self, code: str, action: str, allowed: Iterable[str]) -> None:
        super().__init__(f"A discrepancy {code} is not mended by {action}.", allowed=sorted(allowed))


class NothingToRepair(Conflict):
    """What the repair would work on is not known here (any more); read the run again."""

    code = "nothing_to_repair"

    def __init__(self, discrepancy_id: UUID, why: str) -> None:
        super().__init__(f"Discrepancy {discrepancy_id} cannot be mended like this: {why}.")


class BeingMended(Conflict):
    """It was decided already, and what mends it is on its way or done; deciding once more would do it twice."""

    code = "being_mended"

    def __init__(self, discrepancy_id: UUID, job_id: UUID) -> None:
        super().__init__(
            f"Discrepancy {discrepancy_id} is being mended by job {job_id}. When that has ended, compare the run again."
        )


class BulkMoved(Conflict):
    """There are not as many any more as the person was shown; nothing was done."""

    code = "bulk_moved"

    def __init__(self, confirmed: int, matching: int) -> None:
        super().__init__(
            f"You confirmed {confirmed}, but {matching} match now. Look at them again.", allowed=[str(matching)]
        )


class OwnRequest(Forbidden):
    """Two persons have to want it, and this is the first of them again."""

    code = "own_request"

    def __init__(self, discrepancy_id: UUID) -> None:
        super().__init__(f"Another person has to agree to what you asked for of discrepancy {discrepancy_id}.")


class AdminDecides(Forbidden):
    code = "admin_decides"

    def __init__(self, code: str, action: str) -> None:
        super().__init__(f"Of a discrepancy {code}, only an admin may decide {action}.")


class OwnerAsleep(Unavailable):
    """The record's owner could not be asked for it, so it cannot be judged."""

    code = "owner_away"

    def __init__(self, cause: str) -> None:
        super().__init__(f"The owner of the record cannot be asked for it now ({cause}). Try again later.")


class RecordNeverSubmitted(NotFound):
    code = "record_never_submitted"

    def __init__(self, record_type: str, record_id: UUID) -> None:
        super().__init__(f"submission of {record_type}", record_id)


class EvidenceOwnerAway(Unavailable):
    """Somebody whose part belongs in the pack cannot be asked: nothing half is made."""

    code = "evidence_owner_away"

    def __init__(self, owner: str) -> None:
        super().__init__(
            f"{owner} cannot be asked for its part of the evidence now, so no pack was made. Ask again later.",
            retry_after=timedelta(seconds=10),
        )
        self.owner = owner


class NotOnRecordYet(Unavailable):
    """Audit lacks a fact the owners have told, or changed its key: what is stated would not be proven."""

    code = "evidence_not_on_record"

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"audit cannot vouch for all of it yet, so no pack was made: {detail}", retry_after=timedelta(seconds=3)
        )


class EvidenceRefused(Conflict):
    """Audit will not vouch for it, and asking again does not help."""

    code = "evidence_refused"

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"audit does not vouch for this evidence, so no pack was made: {detail}", allowed=["audit/verify"]
        )
