"""What TPGateway tells of assessments: the reference of one it made or changed, one in full, one page of a search.

A viewed one stands bare in the data; a listed one has its score as text and an empty skill code where there is none.
"""

from typing import Final

from pydantic import Field

from libs.tpgateway.envelope import Reply
from libs.tpgateway.reading import read_data
from libs.tpgateway.tpg_family.replies import SeenCourse, SeenIdType, SeenPartner, Stamps, record_of, records_of
from libs.tpgateway.wire import Reference, Seen, SeenDay, SeenWhole

_ROOT: Final = "assessment"
_VOID: Final = "void"


class SeenTrainee(Seen):
    id_type: SeenIdType = None
    id: str | None = Field(default=None, repr=False)
    full_name: str | None = Field(default=None, repr=False)


class SeenEnrolment(Seen):
    reference_number: str | None = None


class AssessmentView(Seen):
    """One assessment as TPGateway holds it. A voided one keeps its score and grade."""

    reference: Reference = Field(alias="referenceNumber")
    partner: SeenPartner | None = Field(default=None, alias="trainingPartner")
    course: SeenCourse | None = None
    trainee: SeenTrainee | None = Field(default=None, repr=False)
    result: str | None = Field(default=None, repr=False)
    score: SeenWhole = Field(default=None, repr=False)
    grade: str | None = Field(default=None, repr=False)
    assessment_date: SeenDay = None
    skill_code: str | None = None
    conferring_institute: SeenPartner | None = None
    enrolment: SeenEnrolment | None = None
    meta: Stamps | None = None

    @property
    def is_void(self) -> bool:
        return (self.result or "").strip().casefold() == _VOID

    @property
    def run_id(self) -> str | None:
        return self.course.run.id if self.course and self.course.run else None

    @property
    def enrolment_reference(self) -> str | None:
        """The enrolment TPGateway linked by itself, which need not be the one of this run."""
        return self.enrolment.reference_number if self.enrolment else None


class _Named(Seen):
    reference: Reference = Field(alias="referenceNumber")


class _Answered(Seen):
    assessment: _Named


class _Listed(Seen):
    data: tuple[AssessmentView, ...]


def created_assessment(answer: Reply) -> str:
    """The new record's reference. Raises UnreadableReply for a refusal, and for a success that does not name it."""
    return read_data(_Answered, answer).assessment.reference


changed_assessment = created_assessment
"""The answer to an update or a voiding has the same shape."""


def viewed_assessment(answer: Reply) -> AssessmentView:
    """Raises UnreadableReply for a refusal, one that says there is no such record included."""
    return read_data(AssessmentView, answer, record_of(answer, _ROOT))


def listed_assessments(answer: Reply) -> tuple[AssessmentView, ...]:
    """One page of a search; `answer.total` counts all pages.

    Raises UnreadableReply for anything but a list: only an empty list says "none" here, and no status does.
    """
    return read_data(_Listed, answer, {"data": records_of(answer, _ROOT)}).data
