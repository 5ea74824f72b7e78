"""The rate limit nobody has published: a token bucket that a switch turns on."""

import math
import time

from infra.tpg_simulator.refusals import Refusal


class RateLimit:
    """Lets `rate` calls a second through, with a burst of one second's worth; 0 means no limit."""

    def __init__(self) -> None:
        self._tokens = 0.0
        self._filled_at = 0.0

    def spend(self, rate: float) -> None:
        """Take one call from the bucket or raise 429 with the seconds to wait."""
        if not rate:
            return
        now = time.monotonic()
        burst = max(rate, 1.0)
        self._tokens = min(burst, self._tokens + (now - self._filled_at) * rate)
        self._filled_at = now
        if self._tokens < 1:
            wait = math.ceil((1 - self._tokens) / rate)
            raise too_many(wait)
        self._tokens -= 1


def too_many(retry_after_s: float) -> Refusal:
    seconds = math.ceil(retry_after_s)
    return Refusal(429, "Too Many Requests", at_the_door=True, headers={"retry-after": str(seconds)})
