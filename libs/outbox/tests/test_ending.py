"""No part ends unnoticed."""

import asyncio

import pytest

from libs.outbox.ending import PartEnded, end, none_ends


async def forever() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    """Return."""


async def failing() -> None:
    message = "what went wrong"
    raise ValueError(message)


async def test_a_part_that_returns_is_named() -> None:
    parts = [asyncio.create_task(forever(), name="lane"), asyncio.create_task(at_once(), name="relay")]
    with pytest.raises(PartEnded, match="relay"):
        await none_ends(parts)
    await end(parts)


async def test_a_part_that_fails_is_the_cause() -> None:
    parts = [asyncio.create_task(forever(), name="lane"), asyncio.create_task(failing(), name="relay")]
    with pytest.raises(PartEnded) as ended:
        await none_ends(parts)
    assert isinstance(ended.value.__cause__, ValueError)
    await end(parts)


async def test_a_part_cancelled_by_a_stray_is_noticed() -> None:
    part = asyncio.create_task(forever(), name="lane 3")
    asyncio.get_running_loop().call_soon(part.cancel)
    with pytest.raises(PartEnded, match="lane 3"):
        await none_ends([part])
