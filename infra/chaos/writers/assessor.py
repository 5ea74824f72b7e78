"""Enters a run's results at once and lets them stand; then amends, assesses again, and has some declared void."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from infra.chaos.scene import Taught
from infra.chaos.writers.marker import Marker
from infra.chaos.writers.work import Work, unless
from libs.sources import SINGAPORE

NOT_NOW: Final = frozenset(
    {"action_not_allowed", "already_assessed", "below_attendance", "nothing_to_change", "not_assessable"}
)
PASSES: Final = {"C": True, "NYC": False}
OTHER: Final = {"C": "NYC", "NYC": "C"}


@dataclass(slots=True)
class Standing:
    """A result as it was last answered."""

    assessment_id: str
    attempt: int
    result: str
    repeated: bool = False


@dataclass(slots=True)
class Assessor:
    """Takes runs up as soon as their sheets are marked."""

    work: Work
    marker: Marker
    finished: dict[str, Standing] = field(default_factory=dict)
    """Results by enrolment, the newest attempt."""

    async def finalise_some(self) -> None:
        """Results for a run that has none yet, else a change of one that stands."""
        for taught in list(self.marker.marked):
            if any(place not in self.finished for place in self._steady(taught)):
                await self._bulk(taught)
                return
        if self.finished:
            await self._change(self.work.chance.choice(sorted(self.finished)))

    @staticmethod
    def _steady(taught: Taught) -> list[str]:
        return [place for place in taught.places if place not in taught.unsteady]

    async def _bulk(self, taught: Taught) -> None:
        """Everybody in one request; who is refused (attendance arrives a moment later) comes again in the next."""
        results = {place: "NYC" if number % 3 == 0 else "C" for number, place in enumerate(taught.places)}
        day = datetime.fromisoformat(taught.sessions[-1]["start_at"]).astimezone(SINGAPORE).date()
        missing = [place for place in taught.places if place not in self.finished]
        lines = [{"enrolment_id": place, "result": results[place]} for place in missing]
        wish = {"run_id": taught.run["id"], "assessed_on": str(day), "finalise": True, "lines": lines}
        answer = await self.work.cast["assessor"].post("/assessments/bulk", wish)
        for line in answer["lines"]:
            if line["verdict"] == "finalised":
                place = line["enrolment_id"]
                self.finished[place] = Standing(line["assessment_id"], 1, results[place])
                self._note(line["assessment_id"], 1, PASSES[results[place]])
                self.work.diary.done["results final"] += 1
            elif line["code"] not in NOT_NOW:
                self.work.diary.surprises[f"a result was {line['verdict']}: {line['code']}"] += 1

    async def _change(self, place: str) -> None:
        standing = self.finished[place]
        if standing.result == "VOID":
            await self._assess_again(standing)
        elif standing.result == "NYC" and standing.attempt == 1:
            await self.work.chance.choice([self._assess_again, self._amend])(standing)
        else:
            await self.work.chance.choice([self._amend, self._amend, self._void])(standing)

    async def _amend(self, standing: Standing) -> None:
        wish = {"result": OTHER[standing.result], "reason": "read from the wrong line"}
        asked = self.work.cast["assessor"].act(self._path(standing), "amend", **wish)
        amended = await unless(NOT_NOW, asked)
        if amended is not None:
            standing.result = wish["result"]
            self._noted(amended, PASSES[standing.result], "amended")

    async def _void(self, standing: Standing) -> None:
        asked = self.work.cast["admin"].act(self._path(standing), "void", reason="assessed somebody of a similar name")
        voided = await unless(NOT_NOW, asked)
        if voided is not None:
            standing.result = "VOID"
            self._noted(voided, None, "void")

    async def _assess_again(self, standing: Standing) -> None:
        """TPGateway takes one standing result a person and day, so there is a second attempt and no third."""
        if standing.repeated or standing.attempt > 1:
            return
        assessor, today = self.work.cast["assessor"], self.work.scene.journey.today
        asked = assessor.act(self._path(standing), "re-assess", result="C", assessed_on=str(today))
        draft = await unless(NOT_NOW, asked)
        if draft is None:
            return
        standing.repeated = True
        self._note(str(draft["id"]), 0, None)
        final = await unless(NOT_NOW, assessor.act(f"/assessments/{draft['id']}", "finalise"))
        if final is not None:
            standing.assessment_id, standing.attempt, standing.result = str(draft["id"]), 2, "C"
            self._noted(final, passed=True, word="of a second attempt")

    @staticmethod
    def _path(standing: Standing) -> str:
        return f"/assessments/{standing.assessment_id}"

    def _noted(self, answer: dict[str, Any], passed: bool | None, word: str) -> None:
        self._note(answer["id"], answer["sync"]["revision"], passed)
        self.work.diary.done[f"results {word}"] += 1

    def _note(self, assessment_id: str, revision: int, passed: bool | None) -> None:
        self.work.diary.results[UUID(assessment_id), revision] = passed
