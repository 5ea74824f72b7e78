"""Synthetic people. No number made here belongs to anybody."""

from typing import Any

_LETTERS = "JZIHGFEDCBA"
_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)


def nric(number: int) -> str:
    """A number of the right shape and letter that is nobody's: synthetic ones begin with 90."""
    digits = f"90{number:05d}"
    return f"S{digits}{_LETTERS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]}"


def trainee_wish(number: int = 1, **given: Any) -> dict[str, Any]:
    """What an API is told to make this person known; None leaves a field out."""
    body: dict[str, Any] = {
        "full_name": f"Synthetic Trainee {number}",
        "id_type": "NRIC",
        "id_number": nric(number),
        "born_on": "1990-05-17",
        "email": f"trainee{number}@example.com",
        "phone": {"number": f"9{number:07d}"},
    }
    return {name: value for name, value in {**body, **given}.items() if value is not None}
