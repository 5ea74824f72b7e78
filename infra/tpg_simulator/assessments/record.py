"""What the gateway keeps of an accepted assessment."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from infra.tpg_simulator.codes import VOID
from infra.tpg_simulator.stored import Stored, person


class Candidate(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    id_type: str
    full_name: str


class Assessment(Stored):
    """One result of one person on one run. A voided one keeps its score and grade."""

    kind: ClassVar[str] = "assessment"

    reference: str
    run_id: int
    course_reference: str
    partner_code: str
    trainee: Candidate
    result: str
    grade: str | None = None
    score: int | None = None
    assessment_date: str
    skill_code: str | None = None
    conferring_code: str
    enrolment_reference: str | None = None

    @property
    def key(self) -> str:
        return self.reference

    @property
    def person(self) -> str:
        return person(self.trainee.id)

    @property
    def standing(self) -> bool:
        return self.result != VOID and not self.deleted

    def index_keys(self) -> tuple[tuple[object, ...], ...]:
        return (("run", self.run_id),)

    def likeness(self) -> tuple[object, ...]:
        """One person has one standing result for each skill of a run."""
        return self.run_id, self.person, self.skill_code
