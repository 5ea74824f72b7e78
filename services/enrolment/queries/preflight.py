"""What TPGateway would refuse of an enrolment, found before anything is owed and told in fields people edit here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.submissions import EnrolmentSubmission
from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError
from libs.privacy.personal import PersonalVault
from libs.tpgateway.rules.finding import Finding, Severity
from libs.tpgateway.submissions.enrolment_findings import judge
from services.enrolment.models.employer import Employer
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.run import Run
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.submissions import employer_part, submission_as_it_stands, trainee_part

LENIENT = frozenset({"wrong_check_letter"})
"""What stands in the way of grants alone: for a course without any it is only worth a look."""
_EMPLOYER = "employer"


@dataclass(frozen=True, slots=True)
class Findings:
    """What TPGateway refuses, and what is only worth a look. Never holds a personal value."""

    errors: list[FieldError]
    warnings: list[FieldError]


async def preflight(uow: UnitOfWork, enrolment: Enrolment, run: Run, vault: PersonalVault, *, funded: bool) -> Findings:
    """Judge what TPGateway holds as an update of that; anything else as if it were confirmed now."""
    trainee = await uow.get(Trainee, enrolment.trainee_id)
    await vault.hold([trainee.id])
    employer = await uow.get(Employer, enrolment.employer_id) if enrolment.employer_id else None
    submission = submission_as_it_stands(
        enrolment, run, trainee_part(trainee, vault), employer_part(employer, vault) if employer else None
    )
    if not enrolment.seated:
        owed = {"status": EnrolmentStatus.CONFIRMED, "remote_id": None, "fee_status": enrolment.collection()}
        submission = submission.model_copy(update=owed)
    return judged(submission, now=uow.now(), funded=funded)


def judged(submission: EnrolmentSubmission, *, now: datetime, funded: bool) -> Findings:
    """TPGateway's field rules. A missing e-mail or phone (empty here) is one finding, not one for each of its parts."""
    found = [*_missing(submission), *_present(judge(submission, now=now), submission)]
    graded = [each if funded or each.code not in LENIENT else replace(each, severity=Severity.WARN) for each in found]
    return Findings(_told(graded, Severity.BLOCK), _told(graded, Severity.WARN))


def _missing(submission: EnrolmentSubmission) -> list[Finding]:
    return [
        Finding(f"trainee.{name}", "missing", f"The trainee has no {name}.", f"Add the {name} to the trainee.")
        for name in _absent(submission)
    ]


def _present(found: Iterable[Finding], submission: EnrolmentSubmission) -> list[Finding]:
    """The findings about what is there, at the fields of this service."""
    absent = tuple(f"trainee.{name}" for name in _absent(submission))
    return [
        replace(each, field="employer_id") if each.field == _EMPLOYER else each
        for each in found
        if not each.field.startswith(absent)
    ]


def _absent(submission: EnrolmentSubmission) -> list[str]:
    trainee = submission.trainee
    return [name for name, value in (("email", trainee.email), ("phone", trainee.phone.number)) if not value]


def _told(findings: Iterable[Finding], severity: Severity) -> list[FieldError]:
    return [FieldError(each.field, each.code, each.message, each.fix) for each in findings if each.severity is severity]
