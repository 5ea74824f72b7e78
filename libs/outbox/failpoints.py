"""Places where a test may break a real process: `TMS_FAILPOINTS=handler.mid=exit,relay.confirmed=sleep:20`.

A no-op unless the variable names the point. `NAME=ACTION@N` acts from the N-th passage on. Actions: `exit` (the process
is gone at once, as by SIGKILL), `sleep:SECONDS`, `raise`.
"""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass

FAILED_STATUS = 70


class FailpointRaised(RuntimeError):
    """Raised on demand of a test."""


@dataclass(frozen=True, slots=True)
class _Action:
    kind: str
    seconds: float
    from_passage: int


def _parse(text: str) -> dict[str, _Action]:
    actions: dict[str, _Action] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, action = part.partition("=")
        action, _, passage = action.partition("@")
        kind, _, seconds = action.partition(":")
        actions[name] = _Action(kind, float(seconds or 0), int(passage or 1))
    return actions


_ACTIONS = _parse(os.environ.get("TMS_FAILPOINTS", ""))
_PASSED: Counter[str] = Counter()


async def failpoint(name: str) -> None:
    """Do what the environment asks for at this point; usually nothing."""
    if not _ACTIONS or name not in _ACTIONS:
        return
    action = _ACTIONS[name]
    _PASSED[name] += 1
    if _PASSED[name] < action.from_passage:
        return
    if action.kind == "exit":
        os._exit(FAILED_STATUS)
    if action.kind == "sleep":
        await asyncio.sleep(action.seconds)
    if action.kind == "raise":
        raise FailpointRaised(name)
