"""Ops staff have runs compared with TPGateway while everything moves: nothing may be called a drift that is none."""

import asyncio
from typing import Final

from infra.chaos.writers.work import Work, unless

POLL_S = 0.5
NOT_HEARD_OF_YET: Final = frozenset({"not_found"})
"""A run that was published a moment ago."""


class Comparer:
    """One run after another, those with most going on."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def compare_one(self) -> None:
        ops, scene = self._work.cast["ops"], self._work.scene
        run_id = self._work.chance.choice([*(one.run["id"] for one in scene.taught), *scene.open_runs])
        asked = await unless(NOT_HEARD_OF_YET, ops.post("/sync/reconciliations", {"run_id": run_id}))
        if asked is None:
            return
        state = ""
        while state != "done":
            await asyncio.sleep(POLL_S)
            state = (await ops.get(f"/sync/reconciliations/{asked['id']}"))["state"]
        self._work.diary.done["runs compared"] += 1
