"""Words people send, with the lengths TPGateway takes, judged at the door rather than at submission."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field


def _nothing() -> Any:
    return None


UNSET: Any = Field(default_factory=_nothing)
"""Marks a field that may be left out of a PATCH but may not be null; the API document shows it without a default."""

Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
"""Singapore dollars; JSON carries them as text, so that no cent is lost."""
Paid = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]


def cents_of(money: Decimal) -> int:
    return int(money * 100)


def money_of(cents: int) -> Decimal:
    return Decimal(cents) / 100
