"""Verification codes: unguessable, easy to read out and to type, and able to tell a slip of the finger.

Fifteen random signs of Crockford's base 32 (75 bits) and a check sign (Luhn over 32), in four groups of four.
"""

import os
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
_BASE = len(ALPHABET)
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


def new_code(draw: Callable[[int], bytes] = os.urandom) -> str:
    """A fresh code, without its dashes. `draw` must be fit for secrets."""
    body = "".join(ALPHABET[byte % _BASE] for byte in draw(LENGTH - 1))  # 256 is a multiple of 32: no sign is likelier
    return body + _check_sign(body)


def read_code(typed: str) -> str | None:
    """What was typed, without dashes and with the usual misreadings mended; None when it cannot be a code."""
    code = typed.strip().upper().translate(_MISREAD)
    well_formed = len(code) == LENGTH and all(sign in ALPHABET for sign in code)
    return code if well_formed and _check_sign(code[:-1]) == code[-1] else None


def shown_code(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _check_sign(body: str) -> str:
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = ALPHABET.index(sign) * (1 if place % 2 else 2)
        total += value // _BASE + value % _BASE
    return ALPHABET[-total % _BASE]
