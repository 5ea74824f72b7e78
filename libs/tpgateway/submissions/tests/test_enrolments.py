"""From our words for an enrolment to the wire, and back to findings. All data is synthetic."""

from datetime import date
from decimal import Decimal

import pytest

from libs.contracts.submissions import (
    PhonePart,
)
from libs.tpgateway import samples
from libs.tpgateway.enrolments.normal import differences as enrolment_differences
from libs.tpgateway.enrolments.normal import normal_view
from libs.tpgateway.enrolments.replies import viewed_enrolment
from libs.tpgateway.rules import enrolments as enrolment_rules
from libs.tpgateway.submissions import enrolment_findings
from libs.tpgateway.submissions.enrolments import (
    COLLECTION_STATUS,
    cancel_enrolment,
    collect_fee,
    normal_enrolment,
    search_enrolments,
    update_enrolment,
)
from libs.tpgateway.submissions.tests.sound import (
    NOW,
    RULES,
    RUN,
    TP_CODE,
    UEN,
    Json,
    created,
    employer,
    enrolment,
    judge_enrolment,
    reply,
    told,
    trainee,
)


def test_enrolling_uses_the_gateways_own_shapes() -> None:
    assert created(enrolment()) == samples.enrolment_body()


def test_somebody_who_pays_alone_names_no_employer() -> None:
    for known in (None, employer()):
        sent = created(enrolment(sponsorship="INDIVIDUAL", employer=known))["enrolment"]["trainee"]
        assert sent["sponsorshipType"] == "INDIVIDUAL"
        assert "employer" not in sent


def test_an_update_tells_contact_employer_and_fees_under_their_other_names() -> None:
    body = update_enrolment(enrolment(fee_status="full"), run_id=RUN).body()
    assert body == samples.enrolment_update_body()
    alone = update_enrolment(enrolment(sponsorship="INDIVIDUAL", discount=Decimal("0.00")), run_id=RUN).body()
    assert "employer" not in alone["enrolment"]
    assert alone["enrolment"]["fees"]["discountAmount"] == 0


def test_cancelling_and_collecting_say_only_that() -> None:
    assert cancel_enrolment(run_id=RUN).body() == samples.enrolment_cancel_body()
    assert collect_fee(enrolment(fee_status="partial")).body() == samples.fee_body("Partial Payment")


def test_every_fee_status_of_ours_is_one_of_theirs() -> None:
    assert set(COLLECTION_STATUS.values()) == set(RULES.codes["fee_collection"])


def test_an_enrolment_is_looked_for_by_run_and_person() -> None:
    request = search_enrolments(
        uen=UEN, tp_code=TP_CODE, run_id=RUN, trainee_id=samples.NRIC, id_type="NRIC", page=2, page_size=50
    )
    assert request.body() == {
        "enrolment": {
            "course": {"run": {"id": RUN}},
            "trainee": {"id": samples.NRIC, "idType": {"type": "NRIC"}},
            "trainingPartner": {"uen": UEN, "code": TP_CODE},
        },
        "sortBy": {"field": "createdOn", "order": "asc"},
        "parameters": {"page": 2, "pageSize": 50},
    }
    assert enrolment_rules.judge_search(request, now=NOW, ruleset=RULES, caller_uen=UEN) == []
    everything = search_enrolments(uen=UEN, tp_code=TP_CODE, page=0, page_size=100)
    assert set(everything.body()["enrolment"]) == {"trainingPartner"}


def test_an_enrolment_that_was_sent_reads_back_equal() -> None:
    theirs = normal_view(viewed_enrolment(reply(samples.enrolment_reply())))
    places = {"run_id": RUN, "uen": UEN, "tp_code": TP_CODE}
    assert enrolment_differences(normal_enrolment(enrolment(), **places), theirs) == ()
    for status in ("cancelled", "transferred"):
        assert enrolment_differences(normal_enrolment(enrolment(status=status), **places), theirs) == ("status",)
    for status in ("completed", "withdrawn"):
        assert enrolment_differences(normal_enrolment(enrolment(status=status), **places), theirs) == ()


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"trainee": trainee(full_name="x" * 201)}, "trainee.full_name", "too_long"),
        ({"trainee": trainee(born_on=date(2026, 3, 3))}, "trainee.born_on", "in_the_future"),
        ({"trainee": trainee(email="nobody")}, "trainee.email", "not_an_email"),
        ({"trainee": trainee(phone=PhonePart(country="SG", number="1"))}, "trainee.phone.country", "malformed"),
        ({"trainee": trainee(phone=PhonePart(country="+65", number=""))}, "trainee.phone.number", "required"),
        (
            {"trainee": trainee(phone=PhonePart(country="+65", area="1" * 11, number="1"))},
            "trainee.phone.area",
            "too_long",
        ),
        ({"sponsorship": "PARENTS"}, "sponsorship", "unknown_value"),
        ({"employer": None}, "employer", "required"),
        ({"employer": employer(uen="1")}, "employer.uen", "malformed"),
        ({"employer": employer(contact_name="x" * 51)}, "employer.contact_name", "too_long"),
        ({"employer": employer(email=" ")}, "employer.email", "required"),
        ({"employer": employer(phone=PhonePart(country="+65", number="x"))}, "employer.phone.number", "malformed"),
        ({"discount": Decimal(-1)}, "discount", "out_of_range"),
        ({"fee_status": "cancelled"}, "fee_status", "unknown_value"),
        ({"fee_status": "refunded"}, "fee_status", "unknown_value"),
        ({"course_reference": ""}, "course_reference", "required"),
    ],
)
def test_what_would_be_refused_of_an_enrolment_is_found_beforehand(changed: Json, field: str, code: str) -> None:
    assert told(judge_enrolment(enrolment(**changed))) == [(field, code)]


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"trainee": trainee(email="nobody")}, "trainee.email", "not_an_email"),
        ({"employer": employer(email="hr")}, "employer.email", "not_an_email"),
        ({"employer": employer(contact_name="")}, "employer.contact_name", "required"),
        ({"fee_status": "refunded"}, "fee_status", "unknown_value"),
        ({"discount": Decimal(-1)}, "discount", "out_of_range"),
    ],
)
def test_what_would_be_refused_of_an_update_is_found_beforehand(changed: Json, field: str, code: str) -> None:
    assert told(judge_enrolment(enrolment(remote_id=samples.ENROLMENT, **changed))) == [(field, code)]


def test_a_fee_is_judged_alone() -> None:
    found = enrolment_findings.judge_fee(enrolment(fee_status="refunded", trainee=trainee(email="")), now=NOW)
    assert told(found) == [("fee_status", "unknown_value")]
