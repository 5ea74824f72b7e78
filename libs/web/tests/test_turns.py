"""Waiting in line: by turns, in order, and out of everybody else's way."""

import asyncio
from datetime import timedelta

import pytest

from libs.errors import Unavailable
from libs.web.turns import Turns


async def test_a_line_is_served_in_its_order_one_at_a_time() -> None:
    turns, inside, served = Turns(), 0, list[int]()

    async def ask(number: int) -> None:
        nonlocal inside
        async with turns.turn("desk"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            served.append(number)
            inside -= 1

    await asyncio.gather(*(ask(number) for number in range(50)))
    assert served == list(range(50))
    assert len(turns) == 0


async def test_lines_do_not_wait_for_each_other() -> None:
    turns = Turns()
    async with turns.turn("one"), turns.turn("other"):
        assert len(turns) == 2
    assert len(turns) == 0


async def test_who_gives_up_leaves_the_line_in_order() -> None:
    turns, served = Turns(), list[int]()

    async def ask(number: int) -> None:
        async with turns.turn("desk"):
            served.append(number)

    async with turns.turn("desk"):
        waiting = [asyncio.create_task(ask(number)) for number in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert served == [0, 2]
    assert len(turns) == 0


async def test_who_waits_too_long_is_told_to_come_back() -> None:
    turns = Turns(patience=timedelta(0))
    async with turns.turn("desk"):
        with pytest.raises(Unavailable):
            async with turns.turn("desk"):
                pass
    async with turns.turn("desk"):
        assert len(turns) == 1
    assert len(turns) == 0


async def test_a_turn_that_fails_is_over() -> None:
    turns = Turns()

    async def fail() -> None:
        async with turns.turn("desk"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with turns.turn("desk"):
        pass
