"""The second act: somebody works in TPGateway's portal, and what differs is compared, found and mended amid kills.

Everything is asked for through the public API, as ops staff and an admin would.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import httpx

from infra.chaos.checks.mended import Aftermath
from infra.chaos.diary import Diary
from infra.chaos.insisting import Insistent, Unanswered
from infra.chaos.portal.ours import Ours
from infra.chaos.portal.somebody import Somebody
from infra.chaos.portal.there import There
from infra.chaos.schedule import BESIDE_COMPARING, BESIDE_REPAIRING, Blow, blows
from infra.chaos.stage import Stage
from infra.chaos.writers.corrector import Corrector
from infra.demo.client import Refusal
from infra.local import clock

LOOKS: Final = 4
"""A comparison of which some steps failed is asked for again, as a person would."""
POLL_S: Final = 0.5
SETTLED_WITHIN_S: Final = 150.0
HIT_AGAIN_S: Final = 0.2
DISCREPANCIES: Final = "/sync/discrepancies"
MANY: Final[Sequence[tuple[Mapping[str, str], str, str]]] = (
    ({}, "push", "ours is right"),
    ({"code": "ENR-06"}, "replace", "the name on the card is ours"),
    ({"code": "ATT-02"}, "pull", "they were seen there"),
)
"""What is decided of many at once: filter, action, reason."""
ALONE: Final = {
    "SES-02": "cancel_remote",
    "ENR-02": "cancel_remote",
    "ENR-07": "cancel_remote",
    "ATT-04": "void_remote",
    "ASM-02": "void_remote",
}
ENTERED_BY_HAND: Final = "void_remote"
TWO_PERSONS: Final = frozenset({"ENR-07"})
OPEN: Final = ("blocked", "queued", "in_flight", "retry_wait", "verifying")


class NeverEnded(RuntimeError):
    """A comparison could not be brought to its end."""


@dataclass(slots=True)
class Mending:
    """One second act; ends when what was decided has been carried out and all was compared again."""

    standing: Stage
    cast: Mapping[str, Insistent]
    corrector: Corrector
    diary: Diary
    chance: random.Random
    decided: dict[UUID, int] = field(default_factory=dict)
    alone: int = 0

    async def play(self) -> Aftermath:
        await self._try(self._compare())
        since = clock.now(self.standing.layout)
        there, ours = await There.read(self._control), await Ours.read(self.standing.database_url)
        async with httpx.AsyncClient(base_url=self._control, timeout=30) as portal:
            drifts = await Somebody(portal, ours, there, self.chance).work()
        self.diary.done["drifts made"] += len(drifts)
        async with self._blows("comparing", blows(self.chance, BESIDE_COMPARING)):
            await self._try(self._compare())
        async with self._blows("repairing", blows(self.chance, BESIDE_REPAIRING)):
            await self._try(self._repair())
        await self._try(self._settle())
        await self._try(self._compare())
        return Aftermath(since, drifts, there, dict(self.decided), self.alone)

    async def _try(self, step: Awaitable[None]) -> None:
        """What should not have been answered is written down; what is missing then, is counted."""
        try:
            await step
        except (Refusal, Unanswered, NeverEnded) as wrong:
            self.diary.surprises[f"mending: {wrong}"[:400]] += 1

    @property
    def _control(self) -> str:
        return f"{self.standing.simulator}/_control"

    # -- comparing ----------------------------------------------------------------------------------------------
    async def _compare(self) -> None:
        ended: dict[str, Any] = {"run_steps": []}
        for _ in range(LOOKS):
            asked = await self.cast["ops"].post("/sync/reconciliations", {"all": True})
            ended = await self._ended(f"/sync/reconciliations/{asked['id']}")
            self.diary.done["comparisons"] += 1
            if all(step["state"] == "done" for step in ended["run_steps"]):
                return
        raise NeverEnded(f"after {LOOKS} comparisons some steps still fail: {ended['run_steps']}")

    async def _ended(self, path: str) -> dict[str, Any]:
        deadline = time.monotonic() + SETTLED_WITHIN_S
        seen: dict[str, Any] = {"run_steps": []}
        while time.monotonic() < deadline:
            seen = await self.cast["ops"].get(path)
            if seen["state"] == "done":
                return seen
            await asyncio.sleep(POLL_S)
        raise NeverEnded(f"{path} is not done: {seen['run_steps']}")

    # -- repairing ----------------------------------------------------------------------------------------------
    async def _repair(self) -> None:
        """Many at once, then one by one what takes away at TPGateway; ends when nothing of it is on its way."""
        for wanted, action, reason in MANY:
            await self._decide_many({"filter": wanted, "action": action, "reason": reason})
        for row in await self.cast["ops"].all(DISCREPANCIES, state="open"):
            await self._decide_alone(row)
        await self._mark_the_scanned()
        await self._settle()

    async def _decide_many(self, wish: dict[str, Any]) -> None:
        admin, path = self.cast["admin"], f"{DISCREPANCIES}/resolve"
        while True:
            shown = await admin.post(path, wish)
            try:
                done = await admin.post(path, {**wish, "dry_run": False, "confirm": shown["matching"]})
            except Refusal as refusal:
                if refusal.problem.get("code") != "bulk_moved":
                    raise
                continue
            break
        if done["decided"] != shown["decidable"]:
            said = f"{wish['action']} of many was to decide {shown['decidable']}"
            self.diary.surprises[f"{said}, and decided {done['decided']}"] += 1
        if done["bulk_id"] is not None:
            self.decided[UUID(done["bulk_id"])] = done["decided"]
        self.diary.done[f"decided to {wish['action']}"] += done["decided"]

    async def _decide_alone(self, row: dict[str, Any]) -> None:
        by_hand = row["code"] == "ATT-02" and row["suggested"] != "pull"
        action = ENTERED_BY_HAND if by_hand else ALONE.get(row["code"])
        if action is None:
            return
        for role in ("ops", "admin") if row["code"] in TWO_PERSONS else ("ops",):
            wish = {"action": action, "reason": "nobody here has done that"}
            await self.cast[role].act(f"{DISCREPANCIES}/{row['id']}", "resolve", **wish)
            self.alone += 1
        self.diary.done[f"decided to {action}"] += 1

    async def _mark_the_scanned(self) -> None:
        """Whoever was scanned, and held to be absent here, is marked present once the sheet points it out."""
        for row in await self.cast["ops"].all(DISCREPANCIES, code="ATT-02", state="assigned"):
            if row["suggested"] != "pull":
                continue
            [line] = [
                one
                for one in await self.cast["ops"].all("/attendance", enrolment_id=row["enrolment_id"])
                if one["session_id"] == row["session_id"]
            ]
            await self._until_pointed_out(f"/attendance/{line['id']}")
            await self.corrector.correct(f"/attendance/{line['id']}")

    async def _until_pointed_out(self, path: str) -> None:
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while (line := await self.cast["ops"].get(path))["conflict"] is None:
            if time.monotonic() > deadline:
                self.diary.surprises["a scan that was pulled is not pointed out on the sheet"] += 1
                return
            await asyncio.sleep(POLL_S)
        self.diary.revisions[UUID(line["id"]), line["revision"]] = line["state"]  # the scan's word, which is one, too

    async def _settle(self) -> None:
        """Wait until no job is open; what is left then, is counted."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while time.monotonic() < deadline:
            counts = (await self.cast["ops"].get("/sync/status"))["counts"]
            if not any(counts[state] for state in OPEN):
                return
            await asyncio.sleep(POLL_S)

    # -- kills --------------------------------------------------------------------------------------------------
    @asynccontextmanager
    async def _blows(self, work: str, planned: list[Blow]) -> AsyncIterator[None]:
        """Kills, one after the other, as long as the work goes on."""
        with self.diary.during(work):
            striking = asyncio.create_task(self._strike(planned))
            try:
                yield
            finally:
                striking.cancel()
                await asyncio.wait([striking])

    async def _strike(self, planned: list[Blow]) -> None:
        for blow in planned:
            await asyncio.sleep(blow.after_s)
            hit = False
            while not hit:  # one that is down already comes back
                await asyncio.sleep(HIT_AGAIN_S)
                hit = await asyncio.to_thread(self.standing.strike, blow.victim)
            self.diary.strike(blow.victim)
