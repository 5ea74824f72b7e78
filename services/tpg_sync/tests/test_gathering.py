"""Group commit: what comes in while one runs goes together, and one bad item harms no other."""

import asyncio
from collections.abc import Sequence

import pytest

from services.tpg_sync.engine.gathering import Gathering


class Ledger:
    """Notes which items came together; refuses a bad one, and whoever comes with it."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.go = asyncio.Event()

    async def work(self, items: Sequence[int]) -> list[int]:
        await self.go.wait()
        self.rounds.append(list(items))
        if -1 in items:
            raise ValueError("bad item")
        return [item * 10 for item in items]


async def test_what_arrives_meanwhile_goes_together() -> None:
    ledger = Ledger()
    gathering = Gathering(ledger.work)
    asked = [asyncio.create_task(gathering.submit(number)) for number in range(5)]
    await asyncio.sleep(0)  # let every task hand in
    ledger.go.set()
    assert await asyncio.gather(*asked) == [0, 10, 20, 30, 40]
    assert ledger.rounds == [[0, 1, 2, 3, 4]]


async def test_a_bad_item_fails_alone() -> None:
    ledger = Ledger()
    ledger.go.set()
    gathering = Gathering(ledger.work)
    results = await asyncio.gather(*(gathering.submit(number) for number in (1, -1, 2)), return_exceptions=True)
    assert [results[0], results[2]] == [10, 20]
    assert isinstance(results[1], ValueError)


async def test_closing_waits_for_what_was_handed_in() -> None:
    ledger = Ledger()
    gathering = Gathering(ledger.work)
    asked = asyncio.create_task(gathering.submit(7))
    await asyncio.sleep(0)
    ledger.go.set()
    await gathering.close()
    assert asked.done() or await asked == 70


async def test_the_next_round_starts_anew() -> None:
    ledger = Ledger()
    ledger.go.set()
    gathering = Gathering(ledger.work)
    assert await gathering.submit(1) == 10
    with pytest.raises(ValueError, match="bad item"):
        await gathering.submit(-1)
    assert await gathering.submit(2) == 20


async def test_work_that_is_interrupted_leaves_nobody_waiting() -> None:
    async def interrupted(_: Sequence[int]) -> list[int]:
        raise asyncio.CancelledError

    gathering = Gathering(interrupted)
    async with asyncio.timeout(5):
        results = await asyncio.gather(gathering.submit(1), gathering.submit(2), return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError] * 2
