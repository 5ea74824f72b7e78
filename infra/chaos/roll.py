"""Synthetic people without end, and the spreadsheets they come in. None of them is anybody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from libs.tabular.writing import written
from libs.testing.people import nric

HEADER = (
    *("full_name", "id_type", "id_number", "born_on", "email", "phone"),
    *("sponsorship", "full_fee", "nett_fee", "run_id"),
)
FULL_FEE, NETT_FEE = "400.00", "120.00"


@dataclass(frozen=True, slots=True)
class Person:
    """One person by number."""

    number: int

    @property
    def id_number(self) -> str:
        return nric(self.number)

    def wish(self) -> dict[str, Any]:
        return {
            "full_name": f"Storm Trainee {self.number} (synthetic)",
            "id_type": "NRIC",
            "id_number": self.id_number,
            "born_on": "1985-05-17",
            "email": f"storm{self.number}@example.com",
            "phone": {"number": f"9{self.number:07d}"},
        }

    def row(self, run_id: str = "", *, id_number: str | None = None) -> list[str]:
        wish = self.wish()
        told = id_number if id_number is not None else self.id_number
        who = [wish["full_name"], "NRIC", told, wish["born_on"], wish["email"], wish["phone"]["number"]]
        return [*who, "INDIVIDUAL", FULL_FEE, NETT_FEE, run_id]


def people() -> Iterator[Person]:
    """Everybody once."""
    return (Person(number) for number in count(1))


def table(rows: Sequence[Sequence[str]]) -> bytes:
    """A spreadsheet of such rows."""
    return b"".join(written(HEADER, rows))
