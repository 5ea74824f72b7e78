"""A deployment under load, in the order of the runbook: schemas, who hears, who speaks, the gateway; then again."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from rich.console import Console

from infra.chaos.stage import SAMPLES, Stage
from infra.chaos.tally import Tally
from infra.local.rolling import Rolling
from infra.local.secrets import write_privately
from libs.contracts.event import Event
from libs.servers.ports import is_listening
from libs.testing.sample.events import SampleTicked, SampleTickedV2

WORK_S: Final = 3.0
"""People's work between two steps, so that what a step disturbs is seen before the next one."""


@dataclass(slots=True)
class Telling:
    """The producer of the sample's event: version 1 until it may speak version 2, then both, one after the other."""

    chance: random.Random
    speaks_v2: bool = False
    spoken: dict[int, int] = field(default_factory=lambda: {1: 0, 2: 0})

    def __call__(self, sample_id: UUID, number: int, behave: str) -> Event:
        if self.speaks_v2 and behave == "ok" and self.chance.random() < 0.5:  # noqa: PLR2004 - half of them
            self.spoken[2] += 1
            return SampleTickedV2(sample_id=sample_id, number=number, colour="red")
        self.spoken[1] += 1
        return SampleTicked(sample_id=sample_id, number=number, behave=behave)


@dataclass(slots=True)
class Deployment:
    """Takes a running system from one release to this tree's, and this tree's to itself, while people work."""

    standing: Stage
    telling: Telling
    tally: Tally
    console: Console
    ended: set[str] = field(default_factory=set)
    """Steps in which a gateway had to end for the next one, because its release knew no hand-over."""

    async def play(self) -> None:
        """Every step, with work between them. Raises NotReplaced when a program does not come back."""
        rolling = Rolling(self.standing.layout, self.standing.secrets, self.standing.supervisor)
        await self._step("as it stood", asyncio.sleep(0))
        await self._step("schemas to head", rolling.expand())
        await self._step("one sample hears version 2", self._teach(SAMPLES[0]))
        for name in rolling.order:
            await self._step(f"{name} to the new release", self._replace(rolling, name))
        await self._step("the other sample hears version 2", self._teach(SAMPLES[1]))
        self.telling.speaks_v2 = True
        for name in rolling.order:
            await self._step(f"{name} once more", self._replace(rolling, name))
        self.tally.step = "afterwards"

    async def _step(self, name: str, act: Awaitable[None]) -> None:
        self.tally.step = name
        began = time.monotonic()
        with self.console.status(name):
            await act
            took = time.monotonic() - began
            await asyncio.sleep(WORK_S)
        self.console.print(f"  [dim]{took:4.1f} s[/]  {name}")

    async def _replace(self, rolling: Rolling, name: str) -> None:
        """One program by this tree's; a gateway that had to end for it is written down."""
        pid = self.standing.supervisor.state(name).pid
        self._take_over_code(name)
        await asyncio.to_thread(rolling.replace, name)
        if name == "gateway" and self.standing.supervisor.state(name).pid != pid:
            self.ended.add(self.tally.step)

    def _take_over_code(self, name: str) -> None:
        releases = self.standing.layout.releases
        told = json.loads(releases.read_text()) if releases.exists() else {}
        write_privately(releases, json.dumps({program: code for program, code in told.items() if program != name}))

    async def _teach(self, name: str) -> None:
        """Replace a sample worker by a later build of it; whoever watches over the samples starts it again."""
        sample = self.standing.samples[name]
        sample.environment["TMS_KNOWS_V2"] = "true"
        await asyncio.to_thread(sample.stop)
        while not (sample.alive and is_listening(sample.port)):  # noqa: ASYNC110 - a port tells nobody
            await asyncio.sleep(0.1)
