"""Results, as the assessment service hands them over, with the person as enrolment knows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from libs.contracts.assessment import AssessmentStatus
from libs.contracts.submissions import AssessmentSubmission, EnrolmentSubmission, TraineePart
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.submissions.assessment_findings import judge
from services.tpg_sync.client.claims.claim import Claims, Known, OwnerAway, OwnerUnaware, ask
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.models import Ties
from services.tpg_sync.settings import SyncSettings


class AssessmentClaim(BaseModel):
    """Everything one result says."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    assessment: AssessmentSubmission
    trainee: TraineePart


class AssessmentClaims(Claims[AssessmentClaim]):
    model = AssessmentClaim

    async def fetch(self, owners: Owners, known: Known) -> AssessmentClaim | OwnerAway | OwnerUnaware:
        result = await ask(owners, "assessment", "assessment", known.record.record_id, AssessmentSubmission)
        if not isinstance(result, AssessmentSubmission):
            return result
        place = await ask(owners, "enrolment", "enrolment", result.enrolment_id, EnrolmentSubmission)
        if not isinstance(place, EnrolmentSubmission):
            return place
        return AssessmentClaim(assessment=result, trainee=place.trainee)

    def revision(self, claim: AssessmentClaim) -> int:
        return claim.assessment.revision

    def ties(self, claim: AssessmentClaim) -> Ties:
        return Ties(run_id=claim.assessment.run_id, enrolment_id=claim.assessment.enrolment_id)

    def gone(self, claim: AssessmentClaim) -> bool:
        return claim.assessment.status != AssessmentStatus.FINAL

    def takes_back(self, claim: AssessmentClaim) -> bool:
        del claim
        return False

    def content(self, claim: AssessmentClaim) -> Mapping[str, Any]:
        result = claim.assessment.model_dump(mode="json", exclude={"revision", "status", "remote_id"})
        return {**result, "full_name": claim.trainee.full_name, "id_number": claim.trainee.id_number}

    def findings(self, claim: AssessmentClaim, known: Known, *, settings: SyncSettings, now: datetime) -> list[Finding]:
        return judge(
            claim.assessment.model_copy(update={"remote_id": known.record.remote_id}),
            claim.trainee,
            now=now,
            uen=settings.tpg_uen,
            tp_code=settings.tp_code,
            run_id=known.run_remote_id or None,
        )
