from dataclasses import dataclass
from datetime import datetime

from libs.contracts.attendance import MarkMethod, MarkState
from services.attendance.models.codes import MarkNote
from services.attendance.models.precedence import Precedence


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody says of one person's attendance, and how they came to say it."""

    state: MarkState
    minutes: int
    """Credited; 0 for an absence."""
    note: MarkNote | None
    method: MarkMethod
    by: str
    at: datetime
    precedence: Precedence
    reason: str | None = None
    evidence: str | None = None
    late: bool = False
    """The sheet was locked already."""
