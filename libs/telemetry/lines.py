"""Log lines that come by the thousand: encoded without detours, and gathered for a moment, one write for many.

For lines whose fields are ids, numbers and names of our own. What may hold anybody's words goes through `logging.py`,
which looks at every value and costs twenty times as much.
"""

import json
import sys
from asyncio import TimerHandle, get_running_loop
from datetime import UTC, datetime
from typing import Any

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Lines:
    """JSON lines on stdout. `flush` before the end: what was added last is not written yet."""

    PAUSE_S = 0.2

    def __init__(self, service: str) -> None:
        self._service = service
        self._lines: list[str] = []
        self._timer: TimerHandle | None = None

    def add(self, event: str, **fields: Any) -> None:
        at = datetime.now(UTC).isoformat()
        self._lines.append(_encode({"event": event, "level": "info", "at": at, "service": self._service, **fields}))
        if self._timer is None:
            self._timer = get_running_loop().call_later(self.PAUSE_S, self.flush)

    def flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lines, self._lines = self._lines, []
        if lines:
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
