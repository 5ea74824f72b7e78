"""Ends tasks for certain, and notices when one ends that should not."""

import asyncio
from collections.abc import Iterable
from typing import Any, NoReturn

ASK_AGAIN_S = 1.0


class PartEnded(RuntimeError):
    """A part that must live as long as its process has ended; half a process is worse than a restarted one."""


async def none_ends(tasks: Iterable["asyncio.Task[Any]"]) -> NoReturn:
    """Wait for ever; raises PartEnded, naming the part, as soon as one of the tasks has ended in whatever way."""
    done, _ = await asyncio.wait(set(tasks), return_when=asyncio.FIRST_COMPLETED)
    task = done.pop()
    raise PartEnded(task.get_name()) from (None if task.cancelled() else task.exception())


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel the tasks and return when all have ended.

    Asked again every second: a cancellation that meets the completion of what a task waits for can get lost.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=ASK_AGAIN_S)
