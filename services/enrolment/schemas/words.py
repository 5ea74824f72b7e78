"""Words people send, with the lengths TPGateway takes, judged at the door rather than at submission."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints


def _nothing() -> Any:
    return None


UNSET: Any = Field(default_factory=_nothing)
"""Marks a field that may be left out of a PATCH but may not be null; the API document shows it without a default."""

_IDENTITY_NUMBER = re.compile(r"\b[STFGM]\d{7}[A-Z]\b", re.IGNORECASE)


def _without_identity_number(text: str) -> str:
    """Reasons travel in events and logs, where no identity number may stand."""
    if _IDENTITY_NUMBER.search(text):
        message = "leave identity numbers out of this text"
        raise ValueError(message)
    return text


Reason = Annotated[str, StringConstraints(min_length=3, max_length=500), AfterValidator(_without_identity_number)]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
"""Singapore dollars; JSON carries them as text, so that no cent is lost."""
Paid = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]


def cents_of(money: Decimal) -> int:
    return int(money * 100)


def money_of(cents: int) -> Decimal:
    return Decimal(cents) / 100
