"""Shapes and check letters of the identifiers that Singapore and TPGateway use. Pure functions on text.

None of them stores, logs or repeats what it is given. NRIC and FIN numbers are national identity numbers: whoever
calls this holds personal data.
"""

import re
from enum import StrEnum
from typing import Final

_NRIC: Final = re.compile(r"[STFGM]\d{7}[A-Z]")
_NRIC_WEIGHTS: Final = (2, 7, 6, 5, 4, 3, 2)
_NRIC_LETTERS: Final = {
    "S": "JZIHGFEDCBA",
    "T": "JZIHGFEDCBA",
    "F": "XWUTRQPNMLK",
    "G": "XWUTRQPNMLK",
    "M": "XWUTRQPNJLK",
}
_NRIC_OFFSETS: Final = {"T": 4, "G": 4, "M": 3}

_BUSINESS: Final = re.compile(r"\d{8}[A-Z]")
_BUSINESS_WEIGHTS: Final = (10, 4, 9, 3, 8, 2, 7, 1)
_BUSINESS_LETTERS: Final = "XMKECAWLJDB"
_COMPANY: Final = re.compile(r"(18|19|20)\d{7}[A-Z]")
_COMPANY_WEIGHTS: Final = (10, 8, 6, 4, 9, 7, 5, 3, 1)
_COMPANY_LETTERS: Final = "ZKCMDNERGWH"
_ENTITY: Final = re.compile(r"[RST]\d{2}[A-Z]{2}\d{4}[A-Z]")
_ENTITY_WEIGHTS: Final = (4, 3, 5, 3, 10, 2, 2, 5, 7)
_ENTITY_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWX0123456789"
_CHECK_MODULUS: Final = 11

_PHONE: Final = re.compile(r"[3689]\d{7}")
_PHONE_FILLING: Final = re.compile(r"[\s()-]")
_COURSE_REFERENCE: Final = re.compile(r"TGS-\d{10}")
_SESSION_ID: Final = re.compile(r".+-(\d+)-S\d+")


class IdKind(StrEnum):
    """What an identity number claims to be."""

    NRIC = "NRIC"
    FIN = "FIN"


class UenForm(StrEnum):
    """The three ways entities are numbered."""

    BUSINESS = "business"
    COMPANY = "company"
    OTHER = "other"


def nric_kind(number: str) -> IdKind | None:
    """NRIC or FIN by shape alone, in any case; None for anything else."""
    upper = number.strip().upper()
    if not _NRIC.fullmatch(upper) or not upper.isascii():
        return None
    return IdKind.NRIC if upper[0] in "ST" else IdKind.FIN


def is_nric_or_fin(number: str) -> bool:
    """Right shape and right check letter, in any case."""
    upper = number.strip().upper()
    if nric_kind(upper) is None:
        return False
    total = _weighed(upper[1:8], _NRIC_WEIGHTS) + _NRIC_OFFSETS.get(upper[0], 0)
    return _NRIC_LETTERS[upper[0]][total % _CHECK_MODULUS] == upper[8]


def uen_form(uen: str) -> UenForm | None:
    """Which of the three forms it has, by shape alone; None when it has none of them."""
    upper = uen.strip().upper()
    if not upper.isascii():
        return None
    if _BUSINESS.fullmatch(upper):
        return UenForm.BUSINESS
    if _COMPANY.fullmatch(upper):
        return UenForm.COMPANY
    return UenForm.OTHER if _ENTITY.fullmatch(upper) else None


def uen_entity_type(uen: str) -> str | None:
    """The two letters that name the kind of entity, in the form that has them."""
    return uen.strip().upper()[3:5] if uen_form(uen) is UenForm.OTHER else None


def has_uen_check_letter(uen: str) -> bool:
    """Whether the last letter fits. How it is computed is community knowledge: warn by it, never refuse."""
    upper = uen.strip().upper()
    match uen_form(upper):
        case UenForm.BUSINESS:
            return _BUSINESS_LETTERS[_weighed(upper[:-1], _BUSINESS_WEIGHTS) % _CHECK_MODULUS] == upper[-1]
        case UenForm.COMPANY:
            return _COMPANY_LETTERS[_weighed(upper[:-1], _COMPANY_WEIGHTS) % _CHECK_MODULUS] == upper[-1]
        case UenForm.OTHER:
            return _entity_letter(upper[:-1]) == upper[-1]
        case None:
            return False


def is_postal_code(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdigit()  # noqa: PLR2004 - Singapore's have six digits


def plain_phone(text: str) -> str:
    """Digits alone, without Singapore's country code: the form in which two spellings are equal."""
    digits = _PHONE_FILLING.sub("", text).removeprefix("+")
    return digits[2:] if digits.startswith("65") and _PHONE.fullmatch(digits[2:]) else digits


def is_singapore_phone(text: str) -> bool:
    return _PHONE.fullmatch(plain_phone(text)) is not None


def is_singapore_mobile(text: str) -> bool:
    return is_singapore_phone(text) and plain_phone(text)[0] in "89"


def is_current_course_reference(text: str) -> bool:
    """`TGS-` and ten digits. Older courses have other references, and they are good too."""
    return _COURSE_REFERENCE.fullmatch(text) is not None and text.isascii()


def is_run_id(text: str) -> bool:
    return text.isascii() and text.isdigit()


def run_id_of_session(session_id: str) -> str | None:
    """The run that `<external course reference>-<run id>-S<n>` belongs to; None for another shape."""
    found = _SESSION_ID.fullmatch(session_id)
    return found[1] if found else None


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _entity_letter(stem: str) -> str | None:
    """The alphabet leaves out I, O, Y and Z: a number with one of them has no check letter."""
    places = [_ENTITY_ALPHABET.find(sign) for sign in stem]
    if -1 in places:
        return None
    total = sum(place * weight for place, weight in zip(places, _ENTITY_WEIGHTS, strict=True))
    return _ENTITY_ALPHABET[(total - 5) % _CHECK_MODULUS]
