"""Where time, ids and chance come from: one injectable source each, so that tests and replays decide them."""

import random
import secrets
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

SINGAPORE = ZoneInfo("Asia/Singapore")


class Clock(Protocol):
    """Tells the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Ids(Protocol):
    """Makes ids that sort by the time they were made (UUIDv7)."""

    def new(self) -> UUID: ...


class TimeOrderedIds:
    """UUIDv7 from the machine's clock and randomness."""

    def new(self) -> UUID:
        return uuid7()


class Chance(Protocol):
    """Randomness for jitter and sampling; never for secrets."""

    def uniform(self, a: float, b: float) -> float: ...


def system_chance() -> random.Random:
    """A generator seeded by the operating system."""
    return random.Random(secrets.randbits(64))  # noqa: S311 - jitter, not secrets


def singapore_day(instant: datetime) -> date:
    """The Singapore calendar date of an aware instant: what "today" means to the domain."""
    return instant.astimezone(SINGAPORE).date()
