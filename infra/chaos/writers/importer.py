"""Sends spreadsheets of people, waits for the verdicts, and has the good rows taken."""

import asyncio
from typing import Any
from uuid import UUID

from infra.chaos.diary import Sent
from infra.chaos.roll import table
from infra.chaos.writers.work import Work

GOOD_ROWS = 30
POLL_S = 0.4


class Importer:
    """Of each file all rows but two are good: one names a person of the file again, one a number nobody can have."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def import_one(self) -> None:
        ops, diary = self._work.cast["ops"], self._work.diary
        sent = await ops.send_file("/enrolments/import", self._file())
        path = f"/enrolments/imports/{sent['id']}"
        checked = await self._wait_for(path, "checked")
        if (checked["create"], checked["duplicate"], checked["refused"]) != (GOOD_ROWS, 1, 1):
            diary.surprises[f"verdicts of an import: {self._counts(checked)}"] += 1
        await ops.act(path, "commit", confirm=True, only_valid=True)
        diary.files[UUID(sent["id"])] = Sent(rows=GOOD_ROWS + 2, good=GOOD_ROWS)
        await self._wait_for(path, "committed")
        diary.done["files imported"] += 1

    def _file(self) -> bytes:
        work = self._work
        rows = [next(work.newcomers).row(work.chance.choice(work.scene.open_runs)) for _ in range(GOOD_ROWS)]
        wrong = next(work.newcomers).row(work.scene.open_runs[0], id_number="S9000000A")
        return table([*rows, rows[0], wrong])

    async def _wait_for(self, path: str, status: str) -> dict[str, Any]:
        while True:
            batch: dict[str, Any] = await self._work.cast["ops"].get(path)
            if batch["status"] == status:
                return batch
            await asyncio.sleep(POLL_S)

    @staticmethod
    def _counts(batch: dict[str, Any]) -> str:
        return ", ".join(f"{name} {batch[name]}" for name in ("rows", "create", "match", "duplicate", "refused"))
