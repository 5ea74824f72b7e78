"""All numbers and addresses here are synthetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.privacy.shapes import holds_identity_number, holds_personal_data

IDENTITY_NUMBERS = [
    "S1234567D",
    "s1234567d",
    "the holder of G7654321X called",
    "nricT0000001Ethen",
    "M1234567K.",
    "S 1234567 D",
    "S-1234-567-D",
    "S1234 567D",
    "Ｓ１２３４５６７Ｄ",  # noqa: RUF001 - wide letters are the case
    "S1234\u200b567D",
]
OTHERS = [
    "ask person@example.com",
    "<a.b+c@mail.example.sg>",
    "per­son@example.com",
    "call 91234567",
    "call 9123 4567 after six",
    "6123-4567",
    "hp:81234567",
    "6591234567",
    "+6591234567",
    "+65 9123 4567",
    "(65) 9123.4567",
    "+65 91 23 45 67",
    "0065 31234567",
]
HARMLESS = [
    "fire alarm",
    "too few seats: 3 of 12",
    "course TGS-2026000123, run 849900, session TGS-2026000123-849900-S1",
    "moved from 30-06-2026 to 2026-07-31, 0900-1700",
    "moved to 20260731",
    "see f1234567-a123-4123-8123-f1234567a123",
    "trace 0af7651916cdf1234567a448eb211c80",
    "UEN T08GB0001A and 201912345K and 53123456X",
    "meet@9.30am in room 02-11",
    "ticket T1234567 a duplicate",
    "postal code 408533",
    "@home",
]


@pytest.mark.parametrize("text", IDENTITY_NUMBERS)
def test_an_identity_number_is_seen_however_it_is_written(text: str) -> None:
    assert holds_identity_number(text)
    assert holds_personal_data(text)


@pytest.mark.parametrize("text", OTHERS)
def test_addresses_and_telephone_numbers_are_seen(text: str) -> None:
    assert holds_personal_data(text)
    assert not holds_identity_number(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_operators_write_every_day_is_left_alone(text: str) -> None:
    assert not holds_personal_data(text)


@given(st.text(max_size=80), st.from_regex(r"[STFGM][0-9]{7}[A-Z]", fullmatch=True), st.text(max_size=80))
def test_no_text_around_it_hides_a_number(before: str, number: str, after: str) -> None:
    assert holds_personal_data(f"{before} {number} {after}")


@given(st.uuids())
def test_an_id_of_ours_is_never_taken_for_a_person(given_id: object) -> None:
    assert not holds_personal_data(f"see {given_id}.")
