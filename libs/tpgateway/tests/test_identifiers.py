"""Shapes and check letters. All numbers are synthetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.tpgateway.identifiers import (
    IdKind,
    UenForm,
    has_uen_check_letter,
    is_current_course_reference,
    is_nric_or_fin,
    is_postal_code,
    is_run_id,
    is_singapore_mobile,
    is_singapore_phone,
    nric_kind,
    plain_phone,
    run_id_of_session,
    uen_entity_type,
    uen_form,
)


@pytest.mark.parametrize("number", ["S1234567D", "T0000001E", "F1234567N", "G1234567X", "M1234567K", " s1234567d "])
def test_sound_numbers_pass_in_any_case(number: str) -> None:
    assert is_nric_or_fin(number)


@pytest.mark.parametrize(
    "number", ["S1234567A", "A1234567D", "S123456D", "", "S12345678", "S\u0661234567D", "S1234567D\nX"]
)
def test_unsound_numbers_do_not(number: str) -> None:
    assert not is_nric_or_fin(number)


@given(prefix=st.sampled_from("STFGM"), digits=st.integers(0, 9_999_999))
def test_each_number_has_exactly_one_check_letter(prefix: str, digits: int) -> None:
    letters = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if is_nric_or_fin(f"{prefix}{digits:07}{letter}")]
    assert len(letters) == 1


def test_kinds_are_told_by_shape() -> None:
    assert nric_kind("T0000001A") is IdKind.NRIC
    assert nric_kind("m1234567k") is IdKind.FIN
    assert nric_kind("E1234567K") is None


@pytest.mark.parametrize(
    ("uen", "form"),
    [
        ("00192200M", UenForm.BUSINESS),
        ("197401143C", UenForm.COMPANY),
        ("201200696W", UenForm.COMPANY),
        ("T01FC6132D", UenForm.OTHER),
        ("S16FC0121D", UenForm.OTHER),
    ],
)
def test_real_looking_uens_fit_in_shape_and_letter(uen: str, form: UenForm) -> None:
    assert uen_form(uen) is form
    assert has_uen_check_letter(uen.lower())
    assert not has_uen_check_letter(uen[:-1] + "Z")


@pytest.mark.parametrize("uen", ["", "1234567A", "1974011430", "X01FC6132D", "T01F16132D", "297401143C"])
def test_other_shapes_are_no_uen(uen: str) -> None:
    assert uen_form(uen) is None
    assert not has_uen_check_letter(uen)


def test_entities_tell_their_type() -> None:
    assert uen_entity_type("T01FC6132D") == "FC"
    assert uen_entity_type("197401143C") is None


def test_letters_outside_the_alphabet_have_no_check_letter() -> None:
    assert uen_form("T01IO6132D") is UenForm.OTHER
    assert not has_uen_check_letter("T01IO6132D")


@pytest.mark.parametrize(("text", "sound"), [("408533", True), ("40853", False), ("40853A", False), ("4085331", False)])
def test_postal_codes_have_six_digits(text: str, sound: bool) -> None:
    assert is_postal_code(text) is sound


@pytest.mark.parametrize("text", ["91234567", "+65 9123 4567", "6591234567", "9123-4567", "+6591234567"])
def test_one_phone_has_one_plain_form(text: str) -> None:
    assert plain_phone(text) == "91234567"
    assert is_singapore_mobile(text)


def test_land_lines_are_phones_but_no_mobiles() -> None:
    assert is_singapore_phone("61234567")
    assert not is_singapore_mobile("61234567")
    assert not is_singapore_phone("71234567")
    assert plain_phone("+1 212 555 0100") == "12125550100"


def test_references_and_ids_of_runs_and_sessions() -> None:
    assert is_current_course_reference("TGS-2026000123")
    assert not is_current_course_reference("INT-A 12")
    assert is_run_id("849900")
    assert not is_run_id("84 9900")
    assert run_id_of_session("INT-A 12-849900-S11") == "849900"
    assert run_id_of_session("849900-S1") is None
