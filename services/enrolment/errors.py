"""Everything enrolment can refuse, on one page. Messages carry ids, states and times, never personal data.

Conflict                          409, `allowed` says what would be accepted
├── ActionNotAllowed              the enrolment's state does not take this action
├── RunFull                       no seat is free
├── QueueWaits                    others stand before in the queue
├── RunNotOpen                    the run takes no registrations, or none any more
├── OfferOver                     the time of the offer has run out
├── AlreadyEnrolled               the trainee has an active enrolment on this run
├── BoundElsewhere                that enrolment stands for another one at TPGateway
├── NothingToAdopt                what TPGateway holds is cancelled already
├── SameRun                       a transfer needs another run
├── TraineeKnown                  the identity number belongs to a trainee that is known already
├── AlreadyMerged · MergeIntoSelf the record lives on elsewhere, or is the same one
├── MergeClash                    both records have a place on one run
├── UenFrozen                     enrolments were submitted with this UEN
├── Duplicate                     another record has this UEN or date
├── Overpaid                      more than is owed
├── FeeWouldFallBack              a collection status goes back only by a reversal
├── EntryFixed                    only a payment can be reversed, once, while its money is here
├── NothingToRefund               less is held than was to be paid back
├── Incomplete                    a draft asked for as a submission lacks what TPGateway needs
├── PolicyInForce                 a policy version may only begin in the future
├── ImportBusy                    an import is not at the step this needs
└── RowsRefused                   an import was to be taken whole, and some rows cannot be
Invalid                           422, `errors` say where and how to mend
├── NotReady                      what TPGateway needs for an enrolment is missing
├── WrongWords                    fields that contradict each other
└── UnknownReference              an id in the body is not known here
Forbidden
└── OverrideNotAllowed            only a role with `enrolments:override` may set this rule aside
TooMany
└── TooManyReveals                too many identity numbers read in an hour
"""

from collections.abc import Sequence
from uuid import UUID

from libs.errors import Conflict, FieldError, Invalid


class ActionNotAllowed(Conflict):
    code = "action_not_allowed"

    def __init__(self, action: str, status: str, *, allowed: Sequence[str]) -> None:
        super().__init__(f"An enrolment that is {status} does not take '{action}' now.", allowed=allowed)


class RunFull(Conflict):
    code = "run_full"

    def __init__(self, run_id: UUID, *, allowed: Sequence[str] = ("another run", "the waitlist")) -> None:
        super().__init__(f"No seat is free on run {run_id}.", allowed=allowed)


class QueueWaits(Conflict):
    code = "queue_waits"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(
            f"Others wait longer for a seat on run {run_id}.",
            allowed=("the one who waits longest", "override and reason"),
        )


class RunNotOpen(Conflict):
    code = "run_not_open"

    def __init__(self, run_id: UUID, status: str, *, overridable: bool) -> None:
        allowed = ("another run", "override and reason") if overridable else ("another run",)
        super().__init__(f"Run {run_id} is {status} and takes nobody in now.", allowed=allowed)


class OfferOver(Conflict):
    code = "offer_over"

    def __init__(self, enrolment_id: UUID) -> None:
        super().__init__(f"The offer to enrolment {enrolment_id} has run out.", allowed=("wait for the next offer",))


class AlreadyEnrolled(Conflict):
    code = "already_enrolled"

    def __init__(self, trainee_id: UUID, run_id: UUID) -> None:
        super().__init__(
            f"Trainee {trainee_id} has an active enrolment on run {run_id} already.",
            allowed=("that enrolment", "another run"),
        )


class BoundElsewhere(Conflict):
    code = "bound_elsewhere"

    def __init__(self, enrolment_id: UUID, remote_id: str) -> None:
        super().__init__(
            f"Enrolment {enrolment_id} of this person on this run stands for {remote_id} at TPGateway.",
            allowed=("cancel one of the two at TPGateway", "cancel that enrolment"),
        )


class NothingToAdopt(Conflict):
    code = "nothing_to_adopt"

    def __init__(self, remote_id: str) -> None:
        super().__init__(f"{remote_id} is cancelled at TPGateway: nobody has a place by it.", allowed=("leave it",))


class SameRun(Conflict):
    code = "same_run"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"The enrolment is on run {run_id} already.", allowed=("another run",))


class TraineeKnown(Conflict):
    code = "trainee_known"

    def __init__(self, trainee_id: UUID) -> None:
        super().__init__(
            f"Trainee {trainee_id} has this identity number already.", allowed=(f"use trainee {trainee_id}",)
        )


class AlreadyMerged(Conflict):
    code = "already_merged"

    def __init__(self, trainee_id: UUID, into_id: UUID) -> None:
        super().__init__(f"Trainee {trainee_id} lives on as {into_id}.", allowed=(f"use trainee {into_id}",))


class MergeIntoSelf(Conflict):
    code = "merge_into_self"

    def __init__(self, trainee_id: UUID) -> None:
        super().__init__(f"Trainee {trainee_id} cannot be merged into itself.", allowed=("another trainee",))


class MergeClash(Conflict):
    code = "merge_clash"

    def __init__(self, run_ids: Sequence[UUID]) -> None:
        runs = ", ".join(str(run_id) for run_id in run_ids)
        super().__init__(f"Both records have a place on run {runs}.", allowed=("cancel one of the enrolments first",))


class UenFrozen(Conflict):
    code = "uen_frozen"

    def __init__(self, employer_id: UUID) -> None:
        super().__init__(
            f"Enrolments were submitted with the UEN of employer {employer_id}: it stays.",
            allowed=("a new employer, to which the enrolments are amended",),
        )


class Overpaid(Conflict):
    code = "overpaid"

    def __init__(self) -> None:
        super().__init__("That is more than is still owed.", allowed=("what is outstanding, or less",))


class FeeWouldFallBack(Conflict):
    code = "fee_would_fall_back"

    def __init__(self) -> None:
        super().__init__(
            "The fee is collected further than the new amount says; only a reversal takes that back.",
            allowed=("reverse a payment first",),
        )


class EntryFixed(Conflict):
    code = "entry_fixed"

    def __init__(self, entry_id: UUID, why: str) -> None:
        super().__init__(f"Entry {entry_id} cannot be reversed: {why}.", allowed=("another entry",))


class NothingToRefund(Conflict):
    code = "nothing_to_refund"

    def __init__(self) -> None:
        super().__init__("Less is held than was to be paid back.", allowed=("what is held, or less",))


class Incomplete(Conflict):
    code = "incomplete"

    def __init__(self, trainee_id: UUID) -> None:
        super().__init__(
            f"Trainee {trainee_id} lacks an e-mail or phone: nothing of theirs can be submitted.",
            allowed=("add them to the trainee",),
        )


class NotReady(Invalid):
    code = "not_ready"

    def __init__(self, fields: Sequence[FieldError]) -> None:
        super().__init__("TPGateway would refuse this enrolment. Mend the fields named and confirm again.", fields)
