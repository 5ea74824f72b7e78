"""Everything assessment can refuse, on one page. Messages carry ids, states and days, never a result.

Conflict                          409, `allowed` says what would be accepted
├── ActionNotAllowed              the assessment's state does not take this action
├── AlreadyAssessed               this person has a record for this skill
├── NotAssessable                 the enrolment holds no confirmed place
├── BelowAttendance               too little was attended, and nobody has set that rule aside
├── MakeupOver                    the time for make-ups is over
├── AmendNeedsSecondPerson        the amend window has closed, or this role only proposes
├── AlreadyOverridden             that rule is set aside for it already
├── OwnProposal                   nobody decides what they asked for
├── NotYourProposal               only who asked takes it back
├── OwnOverride                   nobody finalises by an override of their own
├── ProposalDecided               another decision was faster
├── NotPassed                     a certificate is for who has passed everything
├── CertificateStands             the enrolment has a valid certificate
├── AlreadyRevoked                the certificate is void already
├── NameUnknown                   enrolment does not know whose certificate this is
├── NameUnprintable               the name has signs the certificate's letters lack
├── Duplicate                     another rule of the course begins on this day
└── RuleInForce                   a rule may only begin in the future
Invalid                           422, `errors` say where and how to mend
├── RuleBroken                    the result does not agree with the course's rule
├── WrongWords                    fields that contradict what is known
├── UnknownReference              an id in the body is not known here
└── NothingToChange               an amendment that changes nothing
Forbidden
└── OverrideNotAllowed            only a role with `assessments:override` may set this rule aside
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from libs.errors import Conflict, FieldError, Invalid


class ActionNotAllowed(Conflict):
    code = "action_not_allowed"

    def __init__(self, action: str, status: str, *, allowed: Sequence[str]) -> None:
        super().__init__(f"An assessment that is {status} does not take '{action}' now.", allowed=allowed)


class AlreadyAssessed(Conflict):
    code = "already_assessed"

    def __init__(self, assessment_id: UUID, status: str, *, allowed: Sequence[str]) -> None:
        super().__init__(
            f"Assessment {assessment_id}, which is {status}, is about this person and skill.", allowed=allowed
        )


class NotAssessable(Conflict):
    code = "not_assessable"

    def __init__(self, enrolment_id: UUID, status: str) -> None:
        super().__init__(
            f"Enrolment {enrolment_id} is {status}: only who has a place is assessed.",
            allowed=("an enrolment that is confirmed or completed",),
        )


class BelowAttendance(Conflict):
    code = "below_attendance"

    def __init__(self, minimum_pct: int) -> None:
        super().__init__(
            f"Less than {minimum_pct} % of the sessions held was attended.",
            allowed=("an override by another person", "finalise once attendance is complete"),
        )


class MakeupOver(Conflict):
    code = "makeup_over"

    def __init__(self, last_day: date) -> None:
        super().__init__(
            f"{last_day.isoformat()} was the last day on which an assessment could be repeated.",
            allowed=("override and reason",),
        )


class AmendNeedsSecondPerson(Conflict):
    code = "amend_needs_second_person"

    def __init__(self, why: str, *, allowed: Sequence[str]) -> None:
        super().__init__(f"{why} It can be proposed, and someone else approves it.", allowed=allowed)


class AlreadyOverridden(Conflict):
    code = "already_overridden"

    def __init__(self, assessment_id: UUID) -> None:
        super().__init__(f"The rule is set aside for assessment {assessment_id} already.", allowed=("finalise",))


class OwnProposal(Conflict):
    code = "own_proposal"

    def __init__(self, proposal_id: UUID) -> None:
        super().__init__(
            f"Nobody decides what they asked for: {proposal_id} needs somebody else.", allowed=("a second person",)
        )


class NotYourProposal(Conflict):
    code = "not_your_proposal"

    def __init__(self, proposal_id: UUID) -> None:
        super().__init__(f"Proposal {proposal_id} is somebody else's.", allowed=("approve or decline it",))


class OwnOverride(Conflict):
    code = "own_override"

    def __init__(self, override_id: UUID) -> None:
        super().__init__(
            f"Override {override_id} was granted by you: somebody else finalises.", allowed=("a second person",)
        )


class ProposalDecided(Conflict):
    code = "proposal_decided"

    def __init__(self, proposal_id: UUID, status: str) -> None:
        super().__init__(f"Proposal {proposal_id} is {status} already.", allowed=("a new proposal",))


class NotPassed(Conflict):
    code = "not_passed"

    def __init__(self, enrolment_id: UUID) -> None:
        super().__init__(
            f"Enrolment {enrolment_id} has not passed everything its course asks for.",
            allowed=("finalise what is missing",),
        )


class CertificateStands(Conflict):
    code = "certificate_stands"

    def __init__(self, enrolment_id: UUID) -> None:
        super().__init__(
            f"Enrolment {enrolment_id} has a certificate that is valid.", allowed=("print that one", "revoke it first")
        )


class AlreadyRevoked(Conflict):
    code = "already_revoked"

    def __init__(self, certificate_id: UUID) -> None:
        super().__init__(f"Certificate {certificate_id} is void already.", allowed=("issue a new one",))


class NameUnknown(Conflict):
    code = "name_unknown"

    def __init__(self, enrolment_id: UUID) -> None:
        super().__init__(f"Enrolment {enrolment_id} is on no roll of its run.", allowed=("correct the enrolment",))


class NameUnprintable(Conflict):
    code = "name_unprintable"

    def __init__(self, certificate_id: UUID) -> None:
        super().__init__(
            f"Certificate {certificate_id} holds letters the certificate's typeface lacks.",
            allowed=("the romanised name on the identity document",),
        )


class RuleInForce(Conflict):
    code = "rule_in_force"

    def __init__(self, effective_from: date) -> None:
        super().__init__(
            f"{effective_from.isoformat()} is not in the future: results were judged by the present rule.",
            allowed=("a later date",),
        )


class RuleBroken(Invalid):
    code = "rule_broken"

    def __init__(self, fields: Sequence[FieldError]) -> None:
        super().__init__("The result does not agree with the rule of its course. Nothing was adjusted.", fields)


class NothingToChange(Invalid):
    code = "nothing_to_change"

    def __init__(self) -> None:
        super().__init__("The amendment changes nothing.")
