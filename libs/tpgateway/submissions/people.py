"""People and their phones in our words -> what TPGateway wants to hear. Personal data: encrypt, never log."""

import re
from typing import Final

from libs.contracts.submissions import PhonePart, TraineePart
from libs.tpgateway.enrolments.requests import ContactNumber

_FILLING: Final = re.compile(r"[\s()-]")
_PRINTED_IN_CAPITALS: Final = frozenset({"NRIC", "FIN"})


def contact_number(phone: PhonePart) -> ContactNumber:
    """As enrolments take it: text, the country code with its plus sign, an empty area where there is none."""
    code = _FILLING.sub("", phone.country)
    return ContactNumber(
        country_code=f"+{code}" if code.isdecimal() else code,
        area_code=_FILLING.sub("", phone.area),
        phone_number=_FILLING.sub("", phone.number),
    )


def bare_digits(text: str) -> str:
    """A phone's part without plus sign, spaces and hyphens."""
    return _FILLING.sub("", text).removeprefix("+")


def id_number(trainee: TraineePart) -> str:
    """As the card shows it; other papers are left as they were entered."""
    number = trainee.id_number.strip()
    return number.upper() if trainee.id_type in _PRINTED_IN_CAPITALS else number
