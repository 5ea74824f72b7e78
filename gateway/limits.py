"""How often one caller may ask: a token bucket each, in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

from libs.errors import TooMany

REMEMBERED = 50_000


class Buckets:
    """Each key may ask `burst` times at once and `rate` times a second in the long run.

    The least recently seen keys are forgotten beyond `remembered`: by then their buckets have long been full.
    """

    def __init__(
        self,
        *,
        rate: float,
        burst: int,
        seconds: Callable[[], float] = time.monotonic,
        remembered: int = REMEMBERED,
    ) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._seconds = seconds
        self._remembered = remembered
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Count one request; raises TooMany with the time after which the next one passes."""
        now = self._seconds()
        level, seen = self._levels.get(key, (self._burst, now))
        level = min(self._burst, level + (now - seen) * self._rate)
        if level < 1:
            raise TooMany("Too many requests; slow down.", retry_after=timedelta(seconds=(1 - level) / self._rate))
        self._levels[key] = (level - 1, now)
        self._levels.move_to_end(key)
        if len(self._levels) > self._remembered:
            self._levels.popitem(last=False)
