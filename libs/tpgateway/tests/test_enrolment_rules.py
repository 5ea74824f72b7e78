"""Enrolments and fees: sound requests pass, and every single breach is found where it is. All people are synthetic."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.sources import singapore_day
from libs.tpgateway import samples
from libs.tpgateway.enrolments.requests import CreateEnrolment
from libs.tpgateway.rules.enrolments import judge_cancel, judge_create, judge_fee, judge_search, judge_update
from libs.tpgateway.rules.finding import Finding, Severity, blocking
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.tests.bending import GONE, Json, bent

TODAY = singapore_day(samples.NOW)
RULES = ruleset_on(TODAY)
TRAINEE = "enrolment.trainee"
EMPLOYER = f"{TRAINEE}.employer"
PARTNER = "enrolment.trainingPartner"


def create(body: Json, caller_uen: str | None = samples.UEN) -> list[Finding]:
    return judge_create(body, now=samples.NOW, ruleset=RULES, caller_uen=caller_uen)


def update(body: Json) -> list[Finding]:
    return judge_update(body, now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN)


def search(body: Json, caller_uen: str | None = samples.UEN) -> list[Finding]:
    return judge_search(body, now=samples.NOW, ruleset=RULES, caller_uen=caller_uen)


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    assert all(finding.message and finding.fix for finding in findings)
    return [(finding.field, finding.code) for finding in findings]


def test_sound_requests_have_no_findings() -> None:
    assert create(samples.enrolment_body()) == []
    assert create(CreateEnrolment.model_validate(samples.enrolment_body()).body()) == []
    assert judge_create(CreateEnrolment.model_validate(samples.enrolment_body()), now=samples.NOW, ruleset=RULES) == []
    assert update(samples.enrolment_update_body()) == []
    assert judge_cancel(samples.enrolment_cancel_body(), now=samples.NOW, ruleset=RULES) == []
    assert judge_cancel({"enrolment": {"action": "Cancel"}}, now=samples.NOW, ruleset=RULES) == []
    assert search(samples.enrolment_search_body()) == []
    for status in RULES.codes["fee_collection"]:
        assert judge_fee(samples.fee_body(status.upper()), now=samples.NOW, ruleset=RULES) == []


def texts(longest: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=longest)


IDENTITIES = {
    "NRIC": st.sampled_from(["S1234567D", "T0000001E", "s1234567d"]),
    "FIN": st.sampled_from(["F1234567N", "G1234567X", "M1234567K"]),
    "OTHERS": texts(20),
    "Others": texts(20),
}
PHONES = st.fixed_dictionaries(
    {
        "countryCode": st.integers(1, 999).map("+{}".format),
        "areaCode": st.text("0123456789", max_size=10),
        "phoneNumber": st.text("0123456789", min_size=1, max_size=20),
    }
)
EMAILS = st.emails().filter(lambda address: len(address) <= 100)


@st.composite
def enrolments(draw: st.DrawFn) -> Json:
    id_type = draw(st.sampled_from(sorted(IDENTITIES)))
    employer = {"fullName": draw(texts(50)), "emailAddress": draw(EMAILS), "contactNumber": draw(PHONES)}
    paid = draw(st.booleans())
    blank = {"uen": "", "contact": {"fullName": "", "emailAddress": ""}}
    body = samples.enrolment_body(
        id=draw(IDENTITIES[id_type]),
        idType={"type": id_type},
        fullName=draw(texts(200)),
        dateOfBirth=draw(st.dates(date(1920, 1, 1), TODAY)).isoformat(),
        emailAddress=draw(EMAILS),
        contactNumber=draw(PHONES),
        enrolmentDate=draw(st.dates(date(2025, 1, 1), date(2027, 1, 1))).isoformat(),
        sponsorshipType="EMPLOYER" if paid else "INDIVIDUAL",
        employer={"uen": "T01FC6132D", "contact": employer} if paid else draw(st.sampled_from([{"uen": ""}, blank])),
        fees={
            "discountAmount": draw(st.integers(0, 10**9).map(lambda cents: cents / 100)),
            "collectionStatus": draw(st.sampled_from(sorted(RULES.codes["fee_collection_new"]))),
        },
    )
    body["enrolment"]["trainingPartner"]["code"] = f"{samples.UEN}-{draw(st.integers(1, 99)):02}"
    return body


@given(enrolments())
def test_whatever_the_contract_allows_passes(body: Json) -> None:
    assert create(body) == []


@given(enrolments(), st.data())
def test_no_finding_quotes_what_it_judges(body: Json, data: st.DataObject) -> None:
    secret = "S7654321Q@" + "x" * 500  # a wrong number, a wrong address and too long for every field
    places = [
        f"{TRAINEE}.id",
        f"{TRAINEE}.fullName",
        f"{TRAINEE}.dateOfBirth",
        f"{TRAINEE}.emailAddress",
        f"{TRAINEE}.contactNumber.phoneNumber",
        f"{TRAINEE}.fees.discountAmount",
        EMPLOYER,
    ]
    found = create(bent(body, data.draw(st.sampled_from(places)), secret))
    assert found
    assert "7654321" not in repr(found)


@pytest.mark.parametrize(
    "path",
    [
        "enrolment.course.run.id",
        "enrolment.course.referenceNumber",
        f"{TRAINEE}.id",
        f"{TRAINEE}.idType.type",
        f"{TRAINEE}.fullName",
        f"{TRAINEE}.emailAddress",
        f"{TRAINEE}.contactNumber.countryCode",
        f"{TRAINEE}.contactNumber.phoneNumber",
        f"{TRAINEE}.sponsorshipType",
        f"{EMPLOYER}.uen",
        f"{EMPLOYER}.contact.fullName",
        f"{EMPLOYER}.contact.emailAddress",
        f"{EMPLOYER}.contact.contactNumber.countryCode",
        f"{EMPLOYER}.contact.contactNumber.phoneNumber",
        f"{TRAINEE}.fees.collectionStatus",
        f"{PARTNER}.uen",
        f"{PARTNER}.code",
    ],
)
@pytest.mark.parametrize("value", [GONE, "", "  "])
def test_what_is_needed_is_missed(path: str, value: Any) -> None:
    found = create(bent(samples.enrolment_body(), path, value))
    assert (path, "required") in told(found)
    assert {finding.severity for finding in found if finding.code == "required"} == {Severity.BLOCK}


def test_the_birth_date_is_needed() -> None:
    at = f"{TRAINEE}.dateOfBirth"
    assert told(create(bent(samples.enrolment_body(), at, GONE))) == [(at, "required")]


def test_an_empty_enrolment_misses_everything_at_once() -> None:
    missing = {field for field, code in told(create({"enrolment": {}})) if code == "required"}
    assert {f"{TRAINEE}.id", f"{PARTNER}.code", "enrolment.course.referenceNumber"} <= missing
    assert ("enrolment", "required") in told(create({}))


def test_what_may_be_absent_is_not_missed() -> None:
    for path in (f"{TRAINEE}.enrolmentDate", f"{TRAINEE}.contactNumber.areaCode", f"{TRAINEE}.fees.discountAmount"):
        assert create(bent(samples.enrolment_body(), path, GONE)) == []
    alone = samples.enrolment_body(sponsorshipType="INDIVIDUAL")
    del alone["enrolment"]["trainee"]["employer"]
    assert create(alone) == []


@pytest.mark.parametrize(
    ("path", "longest"),
    [
        ("enrolment.course.run.id", 20),
        ("enrolment.course.referenceNumber", 100),
        (f"{TRAINEE}.id", 20),
        (f"{TRAINEE}.fullName", 200),
        (f"{TRAINEE}.emailAddress", 100),
        (f"{TRAINEE}.contactNumber.countryCode", 5),
        (f"{TRAINEE}.contactNumber.areaCode", 10),
        (f"{TRAINEE}.contactNumber.phoneNumber", 20),
        (f"{EMPLOYER}.contact.fullName", 50),
        (f"{EMPLOYER}.contact.emailAddress", 100),
        (f"{EMPLOYER}.contact.contactNumber.areaCode", 10),
    ],
)
def test_a_text_is_refused_one_sign_over_the_longest(path: str, longest: int) -> None:
    body = samples.enrolment_body(idType={"type": "OTHERS"})
    fill = "1@1.1" + "1" * 300 if path.endswith("emailAddress") else "1" * 300
    assert create(bent(body, path, fill[:longest])) == []
    assert told(create(bent(body, path, fill[: longest + 1]))) == [(path, "too_long")]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (f"{TRAINEE}.id", "S1234567A", "wrong_check_letter"),
        (f"{TRAINEE}.id", "S123456D", "wrong_check_letter"),
        (f"{TRAINEE}.idType.type", "PASSPORT", "unknown_value"),
        (f"{TRAINEE}.dateOfBirth", "2026-03-02", "in_the_future"),
        (f"{TRAINEE}.dateOfBirth", "2026-02-30", "wrong_type"),
        (f"{TRAINEE}.dateOfBirth", "19800131", "wrong_type"),
        (f"{TRAINEE}.enrolmentDate", "02/03/2026", "wrong_type"),
        (f"{TRAINEE}.emailAddress", "nobody", "not_an_email"),
        (f"{TRAINEE}.contactNumber.countryCode", "SG", "malformed"),
        (f"{TRAINEE}.contactNumber.countryCode", 65, "wrong_type"),
        (f"{TRAINEE}.contactNumber.phoneNumber", "none", "malformed"),
        (f"{TRAINEE}.sponsorshipType", "SELF", "unknown_value"),
        (f"{EMPLOYER}.uen", "12345", "malformed"),
        (f"{EMPLOYER}.contact.emailAddress", "hr", "not_an_email"),
        (f"{TRAINEE}.fees.discountAmount", -0.01, "out_of_range"),
        (f"{TRAINEE}.fees.discountAmount", "50.25", "wrong_type"),
        (f"{TRAINEE}.fees.discountAmount", 12345678901234567, "too_long"),
        (f"{TRAINEE}.fees.collectionStatus", "Cancelled", "unknown_value"),
        (f"{TRAINEE}.fees.collectionStatus", "Paid", "unknown_value"),
        ("enrolment.course.run.id", 849900, "wrong_type"),
        ("enrolment.course.run.id", "R849900", "malformed"),
        (f"{PARTNER}.code", "201200696W-01", "not_of_uen"),
        (f"{TRAINEE}.email", "trainee@example.com", "unknown_field"),
        (f"{TRAINEE}.employer.contact", None, "empty"),
    ],
)
def test_each_breach_is_found_where_it_is(path: str, value: Any, code: str) -> None:
    found = create(bent(samples.enrolment_body(), path, value))
    assert (path, code) in told(blocking(found))
    assert len({finding.field for finding in found if finding.code != "required"}) == 1


def test_a_number_of_the_other_kind_contradicts_its_type() -> None:
    found = create(samples.enrolment_body(id="G1234567X"))
    assert told(blocking(found)) == [(f"{TRAINEE}.idType.type", "id_type_contradicted")]
    assert told(create(samples.enrolment_body(idType={"type": "FIN"}, id="12345678"))) == [
        (f"{TRAINEE}.id", "wrong_check_letter")
    ]


def test_another_providers_records_are_not_ours_to_send() -> None:
    assert told(create(samples.enrolment_body(), "201200696W")) == [(f"{PARTNER}.uen", "not_caller")]
    assert told(search(samples.enrolment_search_body(), "201200696W")) == [(f"{PARTNER}.uen", "not_caller")]
    assert create(samples.enrolment_body(), samples.UEN.lower()) == []
    assert create(samples.enrolment_body(), None) == []


def test_oddities_are_worth_a_look_and_may_be_sent() -> None:
    idle = samples.enrolment_body(sponsorshipType="INDIVIDUAL")
    assert told(create(idle)) == [(EMPLOYER, "employer_not_paying")]
    assert blocking(create(idle)) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("enrolment.action", "Cancel", "wrong_type"),
        ("enrolment.course.run.id", "x", "malformed"),
        ("enrolment.trainee.email", "", "required"),
        ("enrolment.trainee.email", "nobody", "not_an_email"),
        ("enrolment.trainee.emailAddress", "trainee@example.com", "unknown_field"),
        ("enrolment.trainee.id", samples.NRIC, "unknown_field"),
        ("enrolment.trainee.contactNumber.phoneNumber", GONE, "required"),
        ("enrolment.trainee.contactNumber.countryCode", "", "required"),
        ("enrolment.employer.contact.fullName", " ", "required"),
        ("enrolment.employer.contact.fullName", "x" * 51, "too_long"),
        ("enrolment.employer.contact.contactNumber.phoneNumber", "", "required"),
        ("enrolment.employer.uen", "00192200M", "unknown_field"),
        ("enrolment.fees.discountAmount", -1, "out_of_range"),
        ("enrolment.fees.collectionStatus", GONE, "required"),
        ("enrolment.fees.collectionStatus", "Paid", "unknown_value"),
    ],
)
def test_each_breach_of_an_update_is_found(path: str, value: Any, code: str) -> None:
    assert told(blocking(update(bent(samples.enrolment_update_body(), path, value)))) == [(path, code)]


def test_an_update_may_leave_out_anything() -> None:
    for part in ("trainee", "employer", "fees"):
        assert update(bent(samples.enrolment_update_body(), f"enrolment.{part}", GONE)) == []
    assert update(samples.enrolment_update_body(fees={"collectionStatus": "CANCELLED"})) == []
    without_run = update(bent(samples.enrolment_update_body(), "enrolment.course", GONE))
    assert told(without_run) == [("enrolment.course.run.id", "left_out")]
    nothing = update({"enrolment": {"action": "Update", "course": {"run": {"id": samples.RUN}}}})
    assert told(nothing) == [("enrolment", "nothing_changes")]
    assert blocking([*without_run, *nothing]) == []


def test_each_breach_of_a_cancellation_or_a_fee_is_found() -> None:
    cancel = bent(samples.enrolment_cancel_body(), "enrolment.course.run.id", "x" * 21)
    assert {code for _, code in told(judge_cancel(cancel, now=samples.NOW, ruleset=RULES))} == {"too_long", "malformed"}
    for status, code in (("", "required"), ("Paid", "unknown_value")):
        found = judge_fee(samples.fee_body(status), now=samples.NOW, ruleset=RULES)
        assert told(found) == [("enrolment.fees.collectionStatus", code)]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("meta.lastUpdateDateFrom", "2026-04-01", "before_start"),
        ("meta.lastUpdateDateFrom", "2026-02-29", "wrong_type"),
        ("sortBy.field", "assessmentDate", "unknown_value"),
        ("sortBy.order", "up", "unknown_value"),
        ("parameters.page", -1, "negative"),
        ("parameters.page", "0", "wrong_type"),
        ("parameters.pageSize", 0, "out_of_range"),
        ("parameters.pageSize", 101, "out_of_range"),
        ("enrolment.status", "Rejected", "unknown_value"),
        ("enrolment.trainee.idType.type", "X", "unknown_value"),
        ("enrolment.trainee.id", "1" * 21, "too_long"),
        ("enrolment.trainee.fees.feeCollectionStatus", "Paid", "unknown_value"),
        ("enrolment.trainee.fees.collectionStatus", "Full Payment", "unknown_field"),
        ("enrolment.trainingPartner.uen", "", "required"),
        ("enrolment.trainingPartner.code", GONE, "required"),
        ("enrolment.trainingPartner.code", f"{samples.UEN}-00001", "too_long"),
    ],
)
def test_each_breach_of_a_search_is_found(path: str, value: Any, code: str) -> None:
    at = "meta.lastUpdateDateTo" if code == "before_start" else path
    assert (at, code) in told(blocking(search(bent(samples.enrolment_search_body(), path, value))))


def test_empty_texts_and_an_absent_page_are_fine_in_a_search() -> None:
    body = bent(samples.enrolment_search_body(), "parameters", GONE)
    for path in ("meta.lastUpdateDateTo", "enrolment.status", "enrolment.trainee.id", "enrolment.course.run.id"):
        body = bent(body, path, "")
    assert search(body) == []
    for edge in (1, 100):
        assert search(bent(samples.enrolment_search_body(), "parameters.pageSize", edge)) == []


def test_a_day_is_a_singapore_day() -> None:
    born = samples.enrolment_body(dateOfBirth=(TODAY - timedelta(days=1)).isoformat())
    assert create(born) == []
    late_yesterday = samples.NOW - timedelta(hours=13)
    assert told(judge_create(born, now=late_yesterday, ruleset=RULES)) == [(f"{TRAINEE}.dateOfBirth", "in_the_future")]
