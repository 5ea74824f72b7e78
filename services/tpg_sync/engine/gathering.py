"""Group commit: what is handed in while one transaction runs goes into the next one together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Gathering(Generic[T, R]):
    """Does `work` for many callers at once; each gets its own result, in a transaction `work` has committed.

    When the work of several fails, each is tried alone, so that one bad item harms no other.
    """

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, limit: int = 64) -> None:
        self._work = work
        self._limit = limit
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def submit(self, item: T) -> R:
        """The result of this item's work; raises what the work raised for it."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._running is None:
            self._running = asyncio.create_task(self._drain(), name="gathering")
        return await done

    async def _drain(self) -> None:
        try:
            while self._waiting:
                taken, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                await self._do(taken)
        finally:
            self._running = None
            for _, done in self._waiting:
                done.cancel()
            self._waiting = []

    async def _do(self, taken: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._work([item for item, _ in taken])
            paired = list(zip(taken, results, strict=True))
        except Exception as error:  # noqa: BLE001 - handed to the callers it belongs to
            if len(taken) == 1:
                _fail(taken[0][1], error)
                return
            for one in taken:
                await self._do([one])
            return
        except BaseException:
            for _, done in taken:
                done.cancel()  # nobody may wait for work that will not end
            raise
        for (_, done), result in paired:
            if not done.done():
                done.set_result(result)

    async def close(self) -> None:
        """Wait until everything handed in has been done."""
        while self._running is not None:
            await asyncio.wait([self._running])


def _fail(done: "asyncio.Future[R]", error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
