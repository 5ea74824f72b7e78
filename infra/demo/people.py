"""Twenty-one synthetic people and one employer. No name, number or address here belongs to anybody."""

import secrets
from typing import Any, Final

from infra.demo.client import Api, Refusal
from libs.testing.people import nric

KNOWN_ALREADY: Final = frozenset({"trainee_known", "duplicate"})
EMPLOYER_UEN: Final = "00192200M"


def new_trainee(api: Api, number: int) -> dict[str, Any]:
    """One more person nobody has heard of yet."""
    while True:
        wish = {
            "full_name": f"Demo Trainee {number:02d} (synthetic)",
            "id_type": "NRIC",
            "id_number": nric(secrets.randbelow(100_000)),
            "born_on": f"19{70 + number}-05-17",
            "email": f"demo.trainee{number:02d}@example.com",
            "phone": {"number": f"9{number:07d}"},
        }
        try:
            return dict(api.post("/trainees", wish))
        except Refusal as refusal:
            if refusal.problem.get("code") not in KNOWN_ALREADY:
                raise


def find_or_make_employer(api: Api) -> dict[str, Any]:
    found = [one for one in api.all("/employers") if one["uen"] == EMPLOYER_UEN]
    wish = {
        "uen": EMPLOYER_UEN,
        "name": "Demo Kopitiam (synthetic)",
        "contact_name": "Demo Contact (synthetic)",
        "email": "hr@example.com",
        "phone": {"number": "61234567"},
    }
    return found[0] if found else dict(api.post("/employers", wish))
