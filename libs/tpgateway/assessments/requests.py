"""What may be asked about assessments: create, update, void, search, with exact names and types.

`assessment` to write and `assessments` to search; the identity type is bare text here, an object everywhere else.
"""

from typing import Literal

from pydantic import Field

from libs.tpgateway.tpg_family.parts import CourseReference, Partner
from libs.tpgateway.tpg_family.search import Search
from libs.tpgateway.wire import DashDay, Sent, Whole


class AssessedTrainee(Sent):
    id: str | None = Field(default=None, repr=False)
    id_type: str | None = None
    full_name: str | None = Field(default=None, repr=False)


class Institute(Sent):
    code: str | None = None


class Outcome(Sent):
    """What was found, and when. A score is a whole number."""

    result: str | None = Field(default=None, repr=False)
    grade: str | None = Field(default=None, repr=False)
    score: Whole | None = Field(default=None, repr=False)
    assessment_date: DashDay | None = None
    skill_code: str | None = None


class NewAssessment(Outcome):
    """`conferring_institute` is the training partner where nothing else is said."""

    training_partner: Partner | None = None
    course: CourseReference | None = None
    trainee: AssessedTrainee | None = None
    conferring_institute: Institute | None = None


class CreateAssessment(Sent):
    """Tell a result. TPGateway takes it a second time too: never send it blindly again."""

    assessment: NewAssessment


class Renamed(Sent):
    full_name: str | None = Field(default=None, repr=False)


class AssessmentChange(Outcome):
    """Person, course, run and partner cannot be changed. What is absent stays, so a score cannot be taken away."""

    action: Literal["update"] = "update"
    trainee: Renamed | None = None


class UpdateAssessment(Sent):
    assessment: AssessmentChange


class AssessmentVoiding(Sent):
    action: Literal["void"] = "void"


class VoidAssessment(Sent):
    """Declare a result wrong for good; the record stays visible."""

    assessment: AssessmentVoiding = AssessmentVoiding()


class SoughtTrainee(Sent):
    id: str | None = Field(default=None, repr=False)


class EnrolmentReference(Sent):
    reference_number: str | None = None


class SoughtAssessment(Sent):
    course: CourseReference | None = None
    trainee: SoughtTrainee | None = None
    enrolment: EnrolmentReference | None = None
    skill_code: str | None = None
    training_partner: Partner | None = None


class SearchAssessments(Search):
    """Our assessments that are like this; what is absent or an empty text filters nothing."""

    assessments: SoughtAssessment
