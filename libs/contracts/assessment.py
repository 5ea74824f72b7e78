"""What assessment says: results, their revisions, certificates, and the rules they are judged by.

Scores and grades are personal and stay inside; others learn whether the requirement is met.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.contracts.event import Event


class AssessmentStatus(StrEnum):
    DRAFT = "draft"
    FINAL = "final"
    VOIDED = "voided"


class AssessmentFact(BaseModel):
    """The state of one assessment after the event. `passed` is null while it is a draft."""

    model_config = ConfigDict(frozen=True)

    enrolment_id: UUID
    run_id: UUID
    skill_code: str
    attempt: int
    status: AssessmentStatus
    passed: bool | None = None
    assessed_on: date
    revision: int
    submitted: bool = False
    rule_version: int
    remote_id: str | None = None


class AssessmentEvent(Event):
    assessment_id: UUID
    assessment: AssessmentFact


class AssessmentEntered(AssessmentEvent, type="assessment.entered", key="assessment_id"):
    """A draft; nothing is owed yet. `attempt` above 1 is a re-assessment."""


class AssessmentChanged(AssessmentEvent, type="assessment.changed", key="assessment_id"):
    """A draft was changed; `changes` names the fields."""


class AssessmentDiscarded(AssessmentEvent, type="assessment.discarded", key="assessment_id"):
    """A draft was thrown away; it never left this system."""


class AssessmentRuleOverridden(AssessmentEvent, type="assessment.rule_overridden", key="assessment_id"):
    """A rule (`min_attendance` or `makeup_window`) was set aside for this one assessment, for the reason given."""

    override_id: UUID
    rule: str


class AssessmentFinalised(AssessmentEvent, type="assessment.finalised", key="assessment_id"):
    """The result stands, and is owed to TPGateway. `overridden` when minimum attendance was set aside."""

    overridden: bool = False


class AmendmentProposed(AssessmentEvent, type="assessment.amendment_proposed", key="assessment_id"):
    """A change after the amend window; someone else must approve it."""

    proposal_id: UUID


class AmendmentDeclined(AssessmentEvent, type="assessment.amendment_declined", key="assessment_id"):
    """The second person did not agree: the result stands as it was."""

    proposal_id: UUID


class AssessmentAmended(AssessmentEvent, type="assessment.amended", key="assessment_id"):
    """A final result was changed; owed to TPGateway as an update. `proposal_id` when a second person approved."""

    proposal_id: UUID | None = None


class VoidRequested(AssessmentEvent, type="assessment.void_requested", key="assessment_id"):
    """An assessor declares a result wrong; someone else must agree."""

    request_id: UUID


class VoidDeclined(AssessmentEvent, type="assessment.void_declined", key="assessment_id"):
    """The second person did not agree: the result stands."""

    request_id: UUID


class AssessmentVoided(AssessmentEvent, type="assessment.voided", key="assessment_id"):
    """Declared wrong and kept; terminal. A submitted one owes TPGateway its voiding."""


class AssessmentSyncRecorded(AssessmentEvent, type="assessment.sync_recorded", key="assessment_id"):
    """What TPGateway answered is on the record now: `remote_id` may be new."""

    sync_state: str


class OutcomeChanged(Event, type="assessment_outcome.changed", key="enrolment_id"):
    """Over all skills its course asks for: whether the enrolment has passed, failed, or is still open."""

    enrolment_id: UUID
    run_id: UUID
    decided: bool
    passed: bool


class CertificateIssued(Event, type="certificate.issued", key="certificate_id"):
    """The person has a certificate for the run."""

    certificate_id: UUID
    enrolment_id: UUID
    run_id: UUID


class CertificateRevoked(Event, type="certificate.revoked", key="certificate_id"):
    """The certificate holds no longer, for the reason given."""

    certificate_id: UUID
    enrolment_id: UUID
    run_id: UUID


class CourseRuleIntroduced(Event, type="assessment_rule.introduced", key="rule_id"):
    """From a day on, a course's results are judged by this rule."""

    rule_id: UUID
    course_id: UUID
    number: int
    effective_from: date
