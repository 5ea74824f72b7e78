"""What TPGateway would refuse about a result of ours, told in our own field names."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from libs.contracts.assessment import AssessmentStatus
from libs.contracts.submissions import AssessmentSubmission, TraineePart
from libs.sources import singapore_day
from libs.tpgateway.rules import assessments as rules
from libs.tpgateway.rules.finding import Finding, LocalNames
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.submissions.assessments import create_assessment, update_assessment, void_assessment

LOCAL_NAMES: Final = LocalNames(
    {
        f"assessment.{wire}": local
        for wire, local in {
            "trainingPartner.uen": "uen",
            "trainingPartner.code": "tp_code",
            "course.run.id": "run_id",
            "course.referenceNumber": "course_reference",
            "trainee": "trainee",
            "trainee.id": "trainee.id_number",
            "trainee.idType": "trainee.id_type",
            "trainee.fullName": "trainee.full_name",
            "result": "result",
            "grade": "grade",
            "score": "score",
            "assessmentDate": "assessed_on",
            "skillCode": "skill_code",
        }.items()
    }
)


def judge(
    submission: AssessmentSubmission,
    trainee: TraineePart,
    *,
    now: datetime,
    uen: str | None = None,
    tp_code: str | None = None,
    run_id: str | None = None,
) -> list[Finding]:
    """All that speaks against telling the result as it stands, blocking or only worth a look, in our field names.

    One with a `remote_id` is judged as an update, or as a voiding when it is void; any other as a create, or not at
    all. What is not given of `uen`, `tp_code` and TPGateway's `run_id` is not judged.
    """
    given = {"uen": uen, "tp_code": tp_code, "run_id": run_id}
    found = LOCAL_NAMES.told(_found(submission, trainee, now, given))
    return [finding for finding in found if given.get(finding.field, "") is not None]


def _found(
    submission: AssessmentSubmission, trainee: TraineePart, now: datetime, given: Mapping[str, str | None]
) -> list[Finding]:
    ruleset, uen = ruleset_on(singapore_day(now)), given["uen"]
    voided = submission.status == AssessmentStatus.VOIDED
    if submission.remote_id is None:
        if voided:
            return []
        create = create_assessment(
            submission, trainee, run_id=given["run_id"] or "", uen=uen or "", tp_code=given["tp_code"] or ""
        )
        return rules.judge_create(create, now=now, ruleset=ruleset, caller_uen=uen)
    if voided:
        return rules.judge_void(void_assessment(), now=now, ruleset=ruleset, caller_uen=uen)
    update = update_assessment(submission, trainee)
    return rules.judge_update(update, now=now, ruleset=ruleset, caller_uen=uen)
