"""How everything stood as a Singapore day began: what the numbers of today are held against."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from libs.database.model import instant
from services.tpg_sync.models.model import Model


class DayStart(Model, table=True):
    """One day's. Written once, by the first worker that lives on that day, and never changed."""

    __tablename__ = "day_start"

    day: date = Field(primary_key=True)
    taken_at: datetime = instant(nullable=False)
    breached: int
    red: int
    amber: int
    money_at_risk_cents: int = Field(sa_type=BigInteger, nullable=False)
    stuck: int
    """Submissions that wait for a person."""
    waiting: int
    """Submissions on their way."""
