"""Publishes course runs one after another."""

from datetime import timedelta
from uuid import UUID

from infra.chaos.writers.work import Work
from infra.demo.journey import run_wish

DAYS_AHEAD = 80


class Publisher:
    """Each run on days of its own, so that trainers and venue are free."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._number = 0

    async def publish_one(self) -> None:
        journey, ops, diary = self._work.scene.journey, self._work.cast["ops"], self._work.diary
        start_on = journey.today + timedelta(days=DAYS_AHEAD + 2 * self._number)
        self._number += 1
        draft = await ops.post("/course-runs", run_wish(journey, start_on))
        diary.runs.add(UUID(draft["id"]))
        await ops.post(f"/course-runs/{draft['id']}/publish", {}, etag=f'"{draft["version"]}"')
        diary.done["runs published"] += 1
