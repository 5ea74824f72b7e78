"""What TPGateway would refuse about an enrolment of ours, told in our own field names."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from libs.contracts.enrolment import Sponsorship
from libs.contracts.submissions import EnrolmentSubmission
from libs.sources import singapore_day
from libs.tpgateway.rules import enrolments as rules
from libs.tpgateway.rules.finding import Finding, LocalNames
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.submissions.enrolments import (
    GIVEN_UP,
    cancel_enrolment,
    collect_fee,
    create_enrolment,
    update_enrolment,
)

_PHONE: Final = {
    ".contactNumber": ".phone",
    ".contactNumber.countryCode": ".phone.country",
    ".contactNumber.areaCode": ".phone.area",
    ".contactNumber.phoneNumber": ".phone.number",
}
_CONTACT: Final = {".emailAddress": ".email", ".email": ".email", **_PHONE}
_FEES: Final = {"fees": "fee_status", "fees.discountAmount": "discount", "fees.collectionStatus": "fee_status"}
_EMPLOYER: Final = {
    "employer": "employer",
    "employer.contact.fullName": "employer.contact_name",
    **{f"employer.contact{wire}": f"employer{local}" for wire, local in _CONTACT.items()},
}
_BESIDE: Final = {**_FEES, **_EMPLOYER}
_TRAINEE: Final = {
    "trainee": "trainee",
    "trainee.id": "trainee.id_number",
    "trainee.idType": "trainee.id_type",
    "trainee.idType.type": "trainee.id_type",
    "trainee.fullName": "trainee.full_name",
    "trainee.dateOfBirth": "trainee.born_on",
    **{f"trainee{wire}": f"trainee{local}" for wire, local in _CONTACT.items()},
    "trainee.enrolmentDate": "enrolled_on",
    "trainee.sponsorshipType": "sponsorship",
    **{f"trainee.{wire}": local for wire, local in _BESIDE.items()},
}
_PLACE: Final = {
    "course.run.id": "run_id",
    "course.referenceNumber": "course_reference",
    "trainingPartner.uen": "uen",
    "trainingPartner.code": "tp_code",
}
_NAMES: Final[Mapping[str, str]] = {**_TRAINEE, **_BESIDE, **_PLACE}
LOCAL_NAMES: Final = LocalNames({f"enrolment.{wire}": local for wire, local in _NAMES.items()})


def judge(
    submission: EnrolmentSubmission,
    *,
    now: datetime,
    uen: str | None = None,
    tp_code: str | None = None,
    run_id: str | None = None,
) -> list[Finding]:
    """All that speaks against sending the enrolment as it stands, blocking or only worth a look, in our field names.

    One with a `remote_id` is judged as an update, or as a cancellation when it is given up; any other as a create,
    or not at all. What is not given of `uen`, `tp_code` and TPGateway's `run_id` is not judged.
    """
    given = {"uen": uen, "tp_code": tp_code, "run_id": run_id}
    found = LOCAL_NAMES.told(_found(submission, now, given))
    return [finding for finding in _employer_whole(submission, found) if given.get(finding.field, "") is not None]


def judge_fee(submission: EnrolmentSubmission, *, now: datetime) -> list[Finding]:
    """The same for telling how far the fee is collected, and nothing else."""
    ruleset = ruleset_on(singapore_day(now))
    return LOCAL_NAMES.told(rules.judge_fee(collect_fee(submission), now=now, ruleset=ruleset))


def _found(submission: EnrolmentSubmission, now: datetime, given: Mapping[str, str | None]) -> list[Finding]:
    ruleset, uen = ruleset_on(singapore_day(now)), given["uen"]
    run_id, tp_code = given["run_id"] or "", given["tp_code"] or ""
    gone = submission.status in GIVEN_UP
    if submission.remote_id is None:
        if gone:
            return []
        create = create_enrolment(submission, run_id=run_id, uen=uen or "", tp_code=tp_code)
        return rules.judge_create(create, now=now, ruleset=ruleset, caller_uen=uen)
    if gone:
        return rules.judge_cancel(cancel_enrolment(run_id=run_id), now=now, ruleset=ruleset, caller_uen=uen)
    update = update_enrolment(submission, run_id=run_id)
    return rules.judge_update(update, now=now, ruleset=ruleset, caller_uen=uen)


def _employer_whole(submission: EnrolmentSubmission, found: Iterable[Finding]) -> list[Finding]:
    """One finding for an employer who is missing altogether, rather than one for each of its parts."""
    if submission.employer is not None or submission.sponsorship != Sponsorship.EMPLOYER:
        return list(found)
    message = "The employer pays, and none is named."
    missing = Finding("employer", "required", message, "Choose the employer, or another sponsorship.")
    return [missing, *(finding for finding in found if not finding.field.startswith("employer"))]
