"""Time that tests decide."""

from datetime import UTC, datetime, timedelta


class TestClock:
    """Stands still until told otherwise; starts at noon in Singapore on a Monday."""

    __test__ = False

    def __init__(self, now: datetime = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        self._now += by
        return self._now

    def set(self, to: datetime) -> None:
        self._now = to
