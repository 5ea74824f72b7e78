"""Check letters of Singapore identity numbers."""

import re

WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
OFFSETS = {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}
LETTERS = {
    "S": "JZIHGFEDCBA",
    "T": "JZIHGFEDCBA",
    "F": "XWUTRQPNMLK",
    "G": "XWUTRQPNMLK",
    "M": "XWUTRQPNJLK",
}
PREFIXES = {"NRIC": "ST", "FIN": "FGM"}


def is_right(number: str, id_type: str) -> bool:
    """Whether an NRIC or FIN has its right prefix and check letter; every other kind of number is right."""
    if id_type not in PREFIXES:
        return True
    text = number.strip().upper()
    if not re.fullmatch(r"[STFGM]\d{7}[A-Z]", text, re.ASCII) or text[0] not in PREFIXES[id_type]:
        return False
    total = OFFSETS[text[0]] + sum(int(digit) * weight for digit, weight in zip(text[1:8], WEIGHTS, strict=True))
    return LETTERS[text[0]][total % 11] == text[8]
