"""Trainers mark sheets: everybody at once, and by devices that were offline and send the same again and again."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from infra.chaos.diary import Rank
from infra.chaos.scene import Taught
from infra.chaos.writers.work import Work

MOST_TIMES: Final = 3
ROOM, PERSON = 0, 1
SET_ASIDE: Final = "action_not_allowed"
"""A line that was declared wrong meanwhile takes no mark."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a device, and with which precedence its operations go."""

    body: dict[str, Any]
    ranks: dict[str, Rank]


class Marker:
    """First every sheet once, then late operations of devices that were found again."""

    def __init__(self, work: Work) -> None:
        self._work = work
        first, *others = work.scene.taught
        self._left = [(taught, session) for taught in others for session in taught.sessions]
        self.marked: list[Taught] = [first]
        """Runs whose sheets have all been marked; the first was before the storm."""

    async def mark_one(self) -> None:
        taught, session = self._left.pop(0) if self._left else self._any()
        deliveries = [self._room(taught, session), self._people(taught, session), self._people(taught, session)]
        again = [one for one in deliveries for _ in range(self._work.chance.randint(1, MOST_TIMES))]
        self._work.chance.shuffle(again)
        await self._deliver(again)
        if taught not in self.marked and all(left is not taught for left, _ in self._left):
            self.marked.append(taught)

    def _any(self) -> tuple[Taught, dict[str, Any]]:
        taught = self._work.chance.choice(self._work.scene.taught)
        return taught, self._work.chance.choice(taught.sessions)

    def _room(self, taught: Taught, session: dict[str, Any]) -> Delivery:
        """Everybody is there but one of those who are unsteady."""
        operation, made_at = uuid4(), self._made_at(session)
        except_one, except_by = self._work.chance.choice(taught.unsteady), uuid4()
        exception = self._line(except_one, "absent", except_by, made_at)
        body = {
            "session_id": session["id"],
            "all_present": True,
            "operation_id": str(operation),
            "made_at": made_at.isoformat(),
            "exceptions": [exception],
        }
        ranks = {str(operation): Rank(ROOM, 0, made_at), str(except_by): Rank(PERSON, 0, made_at)}
        return Delivery(body, ranks)

    def _people(self, taught: Taught, session: dict[str, Any]) -> Delivery:
        """What a device noted of some who are unsteady."""
        ranks, lines = {}, []
        for enrolment_id in taught.unsteady:
            operation, made_at = str(uuid4()), self._made_at(session)
            state = self._work.chance.choice(["present", "absent"])
            lines.append(self._line(enrolment_id, state, operation, made_at))
            ranks[operation] = Rank(PERSON, 0, made_at)
        return Delivery({"session_id": session["id"], "lines": lines}, ranks)

    @staticmethod
    def _line(enrolment_id: str, state: str, operation: object, made_at: datetime) -> dict[str, Any]:
        return {
            "enrolment_id": enrolment_id,
            "state": state,
            "operation_id": str(operation),
            "made_at": made_at.isoformat(),
            "base_revision": 0,
        }

    def _made_at(self, session: dict[str, Any]) -> datetime:
        return datetime.fromisoformat(session["start_at"]) + timedelta(seconds=self._work.chance.randint(60, 9_000))

    async def _deliver(self, deliveries: list[Delivery]) -> None:
        """Two devices at once, each one request after another."""
        await asyncio.gather(*(self._device(deliveries[number::2]) for number in range(2)))

    async def _device(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            answer = await self._work.cast["trainer"].post("/attendance", delivery.body)
            for outcome in answer["outcomes"]:
                self._note(outcome, delivery.ranks)
            self._work.diary.done["deliveries of marks"] += 1

    def _note(self, outcome: dict[str, Any], ranks: dict[str, Rank]) -> None:
        diary = self._work.diary
        said, operation = outcome["outcome"], outcome["operation_id"]
        if said not in {"applied", "duplicate", "superseded"}:
            if outcome["code"] != SET_ASIDE:
                diary.surprises[f"a mark was {said}: {outcome['code']}"] += 1
            return
        key = UUID(outcome["attendance_id"]), UUID(operation)
        if said != "duplicate":
            diary.operations[key] = said, ranks[operation]
            diary.done[f"marks {said}"] += 1
        elif key not in diary.operations:
            # The other device's answer to the same operation is on its way, or comes from the same request later.
            diary.operations[key] = said, ranks[operation]
        if said == "applied":
            diary.revisions[key[0], outcome["revision"]] = outcome["state"]
