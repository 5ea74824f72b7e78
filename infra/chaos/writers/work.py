"""What every writer has at hand, and how one keeps at it."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

from infra.chaos.diary import Diary
from infra.chaos.insisting import Insistent, Unanswered
from infra.chaos.roll import Person
from infra.chaos.scene import Scene
from infra.demo.client import Refusal


@dataclass(slots=True)
class Work:
    """One writer's means; its chance is its own, so that a seed plays the same intentions again."""

    cast: Mapping[str, Insistent]
    scene: Scene
    newcomers: Iterator[Person]
    diary: Diary
    chance: random.Random


async def keep_at(
    name: str, unit: Callable[[], Awaitable[None]], diary: Diary, stop: asyncio.Event, *, pause_s: float
) -> None:
    """One piece of work after another until the storm is over; an answer nobody should get is written down."""
    while not stop.is_set():
        try:
            with diary.during(name):
                await unit()
        except (Refusal, Unanswered) as wrong:
            diary.surprises[f"{name}: {wrong}"[:400]] += 1
        await asyncio.sleep(pause_s)


async def unless(codes: frozenset[str], asked: Awaitable[dict[str, object]]) -> dict[str, object] | None:
    """The answer; None when it was refused for one of these reasons, which may well come up."""
    try:
        return await asked
    except Refusal as refusal:
        if refusal.problem.get("code") not in codes:
            raise
        return None
