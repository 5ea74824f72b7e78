"""Registers people, gives and takes places, books fees; several clerks want the same seats."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from infra.chaos.roll import FULL_FEE, NETT_FEE
from infra.chaos.writers.work import Work, unless

TOO_LATE: Final = frozenset({"action_not_allowed", "run_full", "not_next_in_queue"})
"""Another clerk, or the queue, was faster."""
PAID: Final = "20.00"
MOST_PAYMENTS: Final = 5


class Clerk:
    """One desk; the list of places is shared between all of them."""

    def __init__(self, work: Work, places: list[str]) -> None:
        self._work = work
        self._places = places

    async def serve_one(self) -> None:
        """Somebody new, and then something about somebody known."""
        place = await self._enrol()
        self._places.append(place["id"])
        chosen = self._work.chance.choice(self._places)
        await self._work.chance.choice([self._pay, self._pay, self._transfer, self._cancel, self._seat])(chosen)

    async def _enrol(self) -> dict[str, Any]:
        ops, diary = self._work.cast["ops"], self._work.diary
        trainee = await ops.post("/trainees", next(self._work.newcomers).wish())
        diary.people.add(UUID(trainee["id"]))
        wish = {
            "run_id": self._work.chance.choice(self._work.scene.open_runs),
            "trainee_id": trainee["id"],
            "sponsorship": "INDIVIDUAL",
            "full_fee": FULL_FEE,
            "nett_fee": NETT_FEE,
        }
        place = await ops.post("/enrolments", wish)
        diary.places.add(UUID(place["id"]))
        diary.done["people registered"] += 1
        confirmed = await ops.act(f"/enrolments/{place['id']}", "confirm")
        diary.done[f"places {confirmed['status']}"] += 1
        return confirmed

    async def _pay(self, place_id: str) -> None:
        diary, key = self._work.diary, UUID(place_id)
        if diary.payments[key] >= MOST_PAYMENTS:
            return
        diary.payments[key] += 1
        paid = await unless(TOO_LATE, self._work.cast["finance"].act(f"/enrolments/{place_id}", "fee", amount=PAID))
        if paid is None:
            diary.payments[key] -= 1
        else:
            diary.done["payments booked"] += 1

    async def _transfer(self, place_id: str) -> None:
        wish = {"run_id": self._work.chance.choice(self._work.scene.open_runs), "reason": "the shift plan was changed"}
        ops = self._work.cast["ops"]
        if (await ops.get(f"/enrolments/{place_id}"))["run_id"] == wish["run_id"]:
            return
        moved = await unless(TOO_LATE, ops.act(f"/enrolments/{place_id}", "transfer", **wish))
        if moved is not None:
            self._work.diary.places.add(UUID(str(moved["id"])))
            self._work.diary.done["places transferred"] += 1

    async def _cancel(self, place_id: str) -> None:
        asked = self._work.cast["ops"].act(f"/enrolments/{place_id}", "cancel", reason="cannot come after all")
        if await unless(TOO_LATE, asked) is not None:
            self._work.diary.done["places cancelled"] += 1

    async def _seat(self, place_id: str) -> None:  # noqa: ARG002 - whoever is offered a seat, not this one
        """Whoever was offered a freed seat takes it, or now and then does not."""
        ops = self._work.cast["ops"]
        offered: Sequence[dict[str, Any]] = (await ops.get("/enrolments", status="offered", limit=20))["items"]
        if not offered:
            return
        action = self._work.chance.choice(["accept", "accept", "decline"])
        chosen = self._work.chance.choice(offered)
        if await unless(TOO_LATE, ops.act(f"/enrolments/{chosen['id']}", action)) is not None:
            self._work.diary.done[f"offers {action}ed".replace("eed", "ed")] += 1
