"""Time travel for a local system: its services, gateway and simulator move ahead together, and never back.

What waits for a lock to fall, a session to start or a deadline to pass can be looked at now. The servers keep the real
time: messaging counts by the database's clock, which nobody moves.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from infra.local.layout import Layout
from infra.local.secrets import write_privately
from libs.sources import MovedClock

_STEP: Final = re.compile(r"\+?(\d{1,4})([dhm])")
_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


class NotMoved(RuntimeError):
    """The time stands as it was; the message says why and what to do."""


def parse_step(text: str) -> timedelta:
    """`4d`, `36h` or `90m` as a duration; raises NotMoved for anything else."""
    found = _STEP.fullmatch(text.strip())
    if found is None:
        raise NotMoved(f"{text!r} is no step ahead; say it in days, hours or minutes: 4d, 36h, 90m")
    return int(found[1]) * _UNITS[found[2]]


def now(layout: Layout) -> datetime:
    """The present instant as the system has it."""
    return MovedClock(layout.clock).now()


def move_to(layout: Layout, instant: datetime) -> datetime:
    """Make it that instant, or a moment later, for the whole system; an instant gone by moves nothing."""
    ahead = instant - now(layout)
    return advance(layout, ahead) if ahead > timedelta() else now(layout)


def advance(layout: Layout, step: timedelta) -> datetime:
    """Move the whole system ahead; the simulator first, so that nothing is sent from a future it has not reached."""
    ahead = now(layout) + step - datetime.now(UTC)
    seconds = int(ahead.total_seconds()) + 1
    _move_simulator(layout, datetime.now(UTC) + timedelta(seconds=seconds))
    write_privately(layout.clock, str(seconds))
    os.utime(layout.clock)
    return now(layout)


def align(layout: Layout) -> None:
    """Give a simulator that was started anew, or reset, the system's time."""
    if layout.clock.exists():
        _move_simulator(layout, now(layout))


def _move_simulator(layout: Layout, instant: datetime) -> None:
    url = f"http://127.0.0.1:{layout.port('simulator')}/_control/clock"
    try:
        httpx.put(url, json={"now": instant.isoformat()}, timeout=10).raise_for_status()
    except httpx.HTTPError:
        raise NotMoved("the simulator does not answer, so the time stays as it is. Start the system: make up") from None
