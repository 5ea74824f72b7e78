"""Everything tpg-sync can refuse, on one page."""

from collections.abc import Iterable
from uuid import UUID

from libs.errors import Conflict, NotFound, Unavailable


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


class ObligationNotOpen(Conflict):
    """Only what somebody still has to look at can be waived."""

    code = "obligation_not_open"

    def __init__(self, obligation_id: UUID, state: str) -> None:
        super().__init__(f"Obligation {obligation_id} is {state}; there is nothing to waive.", allowed=[])


class LaneNotHeld(Conflict):
    code = "lane_not_held"

    def __init__(self) -> None:
        super().__init__("Sending is not held; there is nothing to release.")


class OwnerAsleep(Unavailable):
    """The record's owner could not be asked for it, so it cannot be judged."""

    code = "owner_away"

    def __init__(self, cause: str) -> None:
        super().__init__(f"The owner of the record cannot be asked for it now ({cause}). Try again later.")


class RecordNeverSubmitted(NotFound):
    code = "record_never_submitted"

    def __init__(self, record_type: str, record_id: UUID) -> None:
        super().__init__(f"submission of {record_type}", record_id)
