"""How requests at the gateway ended, place by place: whether anything was seen of what happened behind it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import httpx

ANSWERED, COME_BACK = "answered", "come back"
SLOW_DOWN: Final = frozenset({429, 503})
SIGN_IN_AGAIN: Final = 401
FAILED: Final = 500


@dataclass(slots=True)
class Tally:
    """Counts by place and ending. `step` names what is going on; what went wrong is kept with it."""

    step: str = ""
    endings: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Endings nobody should meet, by step, place and what it was."""
    longest_s: dict[str, float] = field(default_factory=dict)

    def answered(self, place: str, answer: httpx.Response, seconds: float) -> None:
        """An answer; one that says when to come back is no failure, one that says so without a time is."""
        status = answer.status_code
        self.longest_s[place] = max(self.longest_s.get(place, 0.0), seconds)
        if status in SLOW_DOWN and "Retry-After" in answer.headers:
            self.endings[place, COME_BACK] += 1
        elif status >= FAILED or status in {SIGN_IN_AGAIN, *SLOW_DOWN}:
            self.wrong[self.step, place, str(status)] += 1
        else:
            self.endings[place, ANSWERED] += 1

    def lost(self, place: str, error: Exception) -> None:
        """No answer: the connection was refused, cut off, or silent for too long."""
        self.wrong[self.step, place, type(error).__name__] += 1

    @property
    def places(self) -> list[str]:
        return sorted({place for place, _ in self.endings} | {place for _, place, _ in self.wrong})

    def wrong_at(self, place: str) -> int:
        return sum(count for (_, where, _), count in self.wrong.items() if where == place)
