"""Spreadsheets of synthetic people as offices send them, with all that is wrong in them known beforehand."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from libs.testing.people import nric

HEADER = ("Name", "ID Type", "NRIC", "DOB", "E-mail", "Mobile", "Sponsorship", "UEN", "Full fee", "Nett fee", "Remarks")
UNKNOWN_UEN = "S16FC0121D"
BORN_DAY = "33010"
"""17 May 1990, as a spreadsheet counts days."""
_CYCLE = 25


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file, and how many of its rows deserve which verdict."""

    content: bytes = field(repr=False)
    verdicts: Counter[str]

    @property
    def ready(self) -> int:
        return self.verdicts["create"] + self.verdicts["match"]


def messy_sheet(rows: int, *, uen: str, known: Collection[int] = (), first: int = 1) -> Sheet:
    """Rows with a byte order mark, semicolons and day numbers; of every 25, six repeat a person or cannot be taken.

    `known` are numbers of people (see `nric`) the service has already; `uen` is of an employer it knows.
    """
    lines, verdicts = [";".join(HEADER)], Counter[str]()
    for number in range(first, first + rows):
        cells, verdict = _row(number, uen)
        if verdict == "create" and number in known:
            verdict = "match"
        verdicts[verdict] += 1
        lines.append(";".join(cells[name] for name in HEADER))
    return Sheet("\r\n".join(lines).encode("utf-8-sig"), verdicts)


def _row(number: int, uen: str) -> tuple[dict[str, str], str]:
    place = number % _CYCLE
    if place in {5, 15}:  # the person of the row before, once more
        return {**_person(number - 1), "Remarks": "sent twice"}, "duplicate"
    cells = _person(number)
    if number % 4 == 0:
        cells |= {"Sponsorship": "Employer", "UEN": uen.lower()}
    match place:
        case 7:
            return {**cells, "Name": '=HYPERLINK("http://example.com")'}, "refused"
        case 12:
            return {**cells, "Sponsorship": "Employer", "UEN": UNKNOWN_UEN}, "refused"
        case 18:
            wrong = "A" if cells["NRIC"][-1] != "A" else "B"
            return {**cells, "NRIC": cells["NRIC"][:-1] + wrong}, "refused"
        case 21:
            return {**cells, "DOB": "31/02/1990"}, "refused"
        case _:
            return cells, "create"


def _person(number: int) -> dict[str, str]:
    return {
        "Name": f"Synthetic Trainee {number}",
        "ID Type": "NRIC",
        "NRIC": nric(number),
        "DOB": BORN_DAY,
        "E-mail": f"trainee{number}@example.com",
        "Mobile": f"9{number:07d}",
        "Sponsorship": "",
        "UEN": "",
        "Full fee": "500.00",
        "Nett fee": "250",
        "Remarks": "",
    }
