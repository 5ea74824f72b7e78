"""Ends tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

ASK_AGAIN_S = 1.0


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel the tasks and return when all have ended.

    Asked again every second: a cancellation that meets the completion of what a task waits for can get lost.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=ASK_AGAIN_S)
