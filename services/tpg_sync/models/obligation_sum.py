"""How many duties of one run stand how: what the summary adds up, so that it need not read every duty."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlmodel import Field

from libs.contracts.tpg_sync import ObligationLevel
from libs.database.model import instant, status_column
from services.tpg_sync.models.model import Model
from services.tpg_sync.models.obligation_kinds import ObligationKey

_EPOCH: Final = date(1970, 1, 1)
THURSDAY: Final = 3
"""1970 began on a Thursday: three days after a Monday."""


def week_of(day: date) -> int:
    """The number of a Singapore week, from Monday to Sunday."""
    return ((day - _EPOCH).days + THURSDAY) // 7


class ObligationSum(Model, table=True):
    """Those of one run, key, level and week in which they arose. Written with the duties, under the run's lock."""

    __tablename__ = "obligation_sum"

    run_id: UUID = Field(primary_key=True)
    key: ObligationKey = status_column(ObligationKey, name="key", primary_key=True)
    level: ObligationLevel = status_column(ObligationLevel, name="level", primary_key=True)
    breached: bool = Field(primary_key=True)
    week: int = Field(primary_key=True)
    duties: int
    money_cents: int
    next_due_at: datetime = instant(nullable=False)
