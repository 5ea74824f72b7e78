"""Where time, ids and chance come from: one injectable source each, so that tests and replays decide them."""

import random
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
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


class MovedClock:
    """The machine's clock, ahead by as many whole seconds as a file names: time travel for a local system.

    The file is looked at for each instant, so that all processes of a system move together; while there is none,
    nothing is moved. Time never goes back: a smaller number than one seen before is not taken.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written_ns = 0
        self._ahead = timedelta()

    def now(self) -> datetime:
        try:
            written_ns = self._file.stat().st_mtime_ns
            if written_ns != self._written_ns:
                self._ahead = max(self._ahead, timedelta(seconds=int(self._file.read_text())))
                self._written_ns = written_ns
        except FileNotFoundError:
            pass  # nobody has moved the time yet
        return datetime.now(UTC) + self._ahead


def clock_of(file: Path | None) -> Clock:
    """The machine's clock, or one that a file moves."""
    return SystemClock() if file is None else MovedClock(file)


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
