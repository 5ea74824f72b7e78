"""What TPGateway would refuse about enrolments: creating, updating, cancelling, fees, searching; all at once.

    judge_create(request, now=clock.now(), ruleset=ruleset_on(singapore_day(clock.now())))

A request may be the typed one or a JSON body. No blocking finding means: nothing we know of speaks against sending.
`now` is an aware instant; `caller_uen` is whose credentials will send it, where that is known. Whether the course is
known and the provider's own, and whether somebody is enrolled already, is not in a request and not judged.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from libs.sources import singapore_day
from libs.tpgateway.enrolments.requests import (
    CancelEnrolment,
    CollectFee,
    CreateEnrolment,
    EnrolmentChange,
    Fees,
    NewEnrolment,
    NewTrainee,
    SearchEnrolments,
    UpdateEnrolment,
)
from libs.tpgateway.operations import SEARCH_ENROLMENTS
from libs.tpgateway.rules import shape
from libs.tpgateway.rules.fields import judge_fields
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.identities import judge_named_identity
from libs.tpgateway.rules.partners import judge_partner
from libs.tpgateway.rules.ruleset import RuleSet
from libs.tpgateway.rules.searching import judge_frame

Body = Mapping[str, Any]
_AT = "enrolment"
_EMPLOYER, _INDIVIDUAL = "EMPLOYER", "INDIVIDUAL"
_DIGITS = 15
"""More of them, and a JSON number is not the same number on the other side."""


def judge_create(
    request: CreateEnrolment | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    """Somebody who is to be enrolled."""
    read, findings = shape.read(CreateEnrolment, request)
    if read is not None:
        findings += _new(read.enrolment, singapore_day(now), caller_uen, ruleset)
    return ruleset.graded(findings)


def judge_update(
    request: UpdateEnrolment | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    """Another contact, employer's contact or fee; what is absent is judged as staying what it is."""
    del now, caller_uen  # part of the promise: a change names neither a day nor a provider, yet
    read, findings = shape.read(UpdateEnrolment, request)
    if read is not None:
        findings += _change(read.enrolment, ruleset)
    return ruleset.graded(findings)


def judge_cancel(
    request: CancelEnrolment | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    del now, caller_uen  # part of the promise, as above
    read, findings = shape.read(CancelEnrolment, request)
    if read is not None:
        findings += judge_fields(read.enrolment.body(), _AT, "enrolment_cancellation", frozenset(), ruleset)
    return ruleset.graded(findings)


def judge_fee(
    request: CollectFee | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    """How far the fee is collected. Whether its grant is approved already is not public and not judged."""
    del now, caller_uen  # part of the promise, as above
    read, findings = shape.read(CollectFee, request)
    if read is not None:
        findings += judge_fields(read.enrolment.body(), _AT, "fee", frozenset(), ruleset)
    return ruleset.graded(findings)


def judge_search(
    request: SearchEnrolments | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    del now  # part of the promise, as above
    read, findings = shape.read(SearchEnrolments, request)
    if read is not None:
        findings += judge_fields(read.enrolment.body(), _AT, "sought_enrolment", frozenset(), ruleset)
        findings += judge_partner(read.enrolment.training_partner, f"{_AT}.trainingPartner", caller_uen)
        findings += judge_frame(read, SEARCH_ENROLMENTS, "enrolment_search", ruleset)
    return ruleset.graded(findings)


def _new(enrolment: NewEnrolment, today: date, caller_uen: str | None, ruleset: RuleSet) -> Iterator[Finding]:
    trainee = enrolment.trainee or NewTrainee()
    circumstances = {"employer"} if trainee.sponsorship_type == _EMPLOYER else set()
    yield from judge_fields(enrolment.body(), _AT, "new_enrolment", circumstances, ruleset)
    yield from judge_partner(enrolment.training_partner, f"{_AT}.trainingPartner", caller_uen)
    at = f"{_AT}.trainee"
    id_type = trainee.id_type.type if trainee.id_type else None
    yield from judge_named_identity(trainee.id, id_type, f"{at}.id", f"{at}.idType.type")
    if trainee.date_of_birth is not None and trainee.date_of_birth >= today:
        message = "Nobody is enrolled on the day of birth or before it."
        yield Finding(f"{at}.dateOfBirth", "in_the_future", message, "Enter the day on the card.")
    if trainee.employer and trainee.employer.uen and trainee.sponsorship_type == _INDIVIDUAL:
        message = "An employer is named, and the sponsorship says that none pays."
        yield Finding(f"{at}.employer", "employer_not_paying", message, "Leave out the employer, or let it pay.")
    yield from _discount(trainee.fees, f"{at}.fees")


def _change(change: EnrolmentChange, ruleset: RuleSet) -> Iterator[Finding]:
    yield from judge_fields(change.body(), _AT, "enrolment_change", _told(change), ruleset)
    yield from _discount(change.fees, f"{_AT}.fees")
    if not change.body().keys() - {"action", "course"}:
        message = "The change names nothing that is to change."
        yield Finding(_AT, "nothing_changes", message, "Name a contact or a fee, or send nothing.")


def _told(change: EnrolmentChange) -> set[str]:
    """What the change tells that makes other fields necessary."""
    contact = change.employer.contact if change.employer else None
    told = {
        "discounted": change.fees.discount_amount if change.fees else None,
        "phoned": change.trainee.contact_number if change.trainee else None,
        "employer_phoned": contact.contact_number if contact else None,
    }
    return {circumstance for circumstance, value in told.items() if value is not None}


def _discount(fees: Fees | None, at: str) -> Iterator[Finding]:
    amount = fees.discount_amount if fees else None
    if amount is not None and len(amount.normalize().as_tuple().digits) > _DIGITS:
        message = f"The discount has more than {_DIGITS} digits."
        yield Finding(f"{at}.discountAmount", "too_long", message, "Enter dollars and cents.")
