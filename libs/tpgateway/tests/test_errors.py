"""Refusals in plain words: by code and known text, never by a field's prefix."""

import pytest

from libs.tpgateway.envelope import Detail, ReplyError
from libs.tpgateway.errors import blames_our_key, explain
from libs.tpgateway.rules.ruleset import rulesets

RULES = rulesets()[-1]


@pytest.mark.parametrize("prefix", ["assessment.", "assessments.", "enrolment.", ""])
@pytest.mark.parametrize("code", sorted(RULES.refusals))
def test_known_codes_mean_the_same_under_every_prefix(prefix: str, code: str) -> None:
    error = ReplyError(details=(Detail(f"{prefix}course.referenceNumber", f"{code} - some text or other"),))
    [hint] = explain(error, RULES)
    assert (hint.code, hint.field) == (code, f"{prefix}course.referenceNumber")
    assert hint.message == RULES.refusals[code].message
    assert hint.fix == RULES.refusals[code].fix


def test_unknown_codes_keep_their_own_text() -> None:
    [hint] = explain(ReplyError(details=(Detail("-", "TGS-499 - The moon is in the wrong house"),)), RULES)
    assert (hint.field, hint.code, hint.message) == ("", "TGS-499", "The moon is in the wrong house")
    assert hint.fix


def test_a_longer_number_is_another_code() -> None:
    [hint] = explain(ReplyError(details=(Detail("", "TGS-4060 - Something else"),)), RULES)
    assert (hint.code, hint.message) == ("TGS-4060", "Something else")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Unable to perform decryption due invalid request", "undecryptable"),
        ("Middleware error", "undecryptable"),
        ("FIELD_ERROR: Existing_Trainer_NotFound", "trainer_unknown"),
        ("FIELD_ERROR: sessions", "wrong_value"),
        ("Course run already exists.", "already_exists"),
        ("Course does not belong to the Training Partner", "not_our_course"),
        ("No course run found.", "unknown_run"),
        ("Access to this API has been disallowed", "wrong_credentials"),
        ("Api Version has expired", "version_expired"),
    ],
)
def test_known_texts_without_a_code_are_explained(text: str, code: str) -> None:
    for error in (ReplyError(message=text), ReplyError(message="Bad Request", details=(Detail("", text),))):
        [hint] = explain(error, RULES)
        assert hint.code == code
        assert hint.fix


def test_several_reasons_come_in_their_order() -> None:
    error = ReplyError(
        message="Assessment cannot be created",
        details=(
            Detail("assessment.course.referenceNumber", "TGS-441 - Required fields cannot be blank"),
            Detail("assessments.trainingPartner.code", "TGS-405 - Invalid training partner UEN"),
            Detail("course.referenceNumber", "Course does not belong to the Training Partner"),
        ),
    )
    assert [hint.code for hint in explain(error, RULES)] == ["TGS-441", "TGS-405", "not_our_course"]


def test_the_headline_stands_in_for_missing_details_and_silence_is_said() -> None:
    assert explain(ReplyError(code="400", message="Something is off"), RULES)[0].message == "Something is off"
    [silent] = explain(ReplyError(), RULES)
    assert silent.message == "TPGateway gave no reason."


def test_nothing_personal_is_repeated() -> None:
    text = "Trainee S1234567D (test@example.com, +65 91234567) is unknown"
    [hint] = explain(ReplyError(details=(Detail("trainee", text),)), RULES)
    for personal in ("S1234567D", "test@example.com", "91234567"):
        assert personal not in hint.message
    assert hint.message.startswith("Trainee *** ")


def test_references_and_run_ids_are_shown() -> None:
    text = "TGS-2026000123 has no run 849900 for 197401143C"
    assert explain(ReplyError(message=text), RULES)[0].message == text


def test_a_wrong_key_is_told_from_a_wrong_record() -> None:
    assert blames_our_key(explain(ReplyError(message="Unable to perform decryption due invalid request"), RULES))
    assert not blames_our_key(explain(ReplyError(message="No course run found."), RULES))
