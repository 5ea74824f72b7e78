"""From the broker's deliveries to committed effects: lanes, batches, acknowledgements, and holding on in trouble."""

import asyncio
from collections.abc import Sequence
from functools import partial
from zlib import crc32

import structlog

from libs.broker.connection import Channel, Connection, Queue
from libs.broker.consumer import Delivery, consume
from libs.broker.topology import declare_queues
from libs.contracts.envelope import UnreadableEnvelope
from libs.outbox import metrics
from libs.outbox.exclusion import Exclusion
from libs.outbox.failpoints import failpoint
from libs.outbox.hearing import Heard, understand
from libs.outbox.inbox import CAME_BACK, Inbox
from libs.outbox.patience import HeldTooLong, Patience
from libs.outbox.probation import Probation
from libs.outbox.wakeup import Wakeup

log = structlog.get_logger()

BATCH = 100
PREFETCH_PER_LANE = 100
MOST_PREFETCH = 400
STOP_TAKING_AFTER_S = 10.0

Item = tuple[Delivery, Heard]


class Listener:
    """Consumes one service's queue. Stopping and faults lose nothing: what was not committed comes again."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        patience: Patience,
        lanes: int,
        exclusion: Exclusion,
        probation: Probation,
        retry_bell: Wakeup,
    ) -> None:
        self._inbox = inbox
        self._patience = patience
        self._lanes: list[asyncio.Queue[Item]] = [asyncio.Queue() for _ in range(lanes)]
        self._exclusion = exclusion
        self._probation = probation
        self._retry_bell = retry_bell
        self._stop = asyncio.Event()
        self._paused = asyncio.Event()
        self._rejecting: set[asyncio.Task[None]] = set()
        self._depths = [metrics.lane_depth.labels(inbox.consumer, str(number)) for number in range(lanes)]
        self.busy = 0

    def lane_tasks(self) -> list[asyncio.Task[None]]:
        """Start the lanes; they outlive channels and end when cancelled."""
        return [asyncio.create_task(self._drain(number), name=f"lane {number}") for number in range(len(self._lanes))]

    async def work(self, connection: Connection) -> None:
        """Consume over one connection until it breaks or `stop`; while paused, stay connected and take nothing."""
        service = self._inbox.consumer
        bindings = self._inbox.handlers.bindings()

        async def declare(channel: Channel) -> Queue:
            return await declare_queues(channel, service, bindings)

        while not self._stop.is_set():
            await self._database_back()
            halt = asyncio.Event()
            watching = asyncio.create_task(self._halt_when_wanted(halt))
            try:
                prefetch = min(MOST_PREFETCH, PREFETCH_PER_LANE * len(self._lanes))
                await consume(connection, prefetch=prefetch, declare=declare, take=self._take, stop=halt)
            finally:
                watching.cancel()
            while self._paused.is_set() and not self._stop.is_set():  # noqa: ASYNC110 - three reasons, one pulse
                await asyncio.sleep(0.2)

    def pause(self) -> None:
        self._paused.set()

    def resume(self) -> None:
        self._paused.clear()

    @property
    def paused(self) -> bool:
        return self._paused.is_set()

    def stop(self) -> None:
        """Take no more deliveries."""
        self._stop.set()

    async def give_back(self) -> None:
        """Return deliveries that no lane has begun."""
        for lane, depth in zip(self._lanes, self._depths, strict=True):
            while not lane.empty():
                delivery, _ = lane.get_nowait()
                depth.dec()
                await delivery.give_back()

    async def _halt_when_wanted(self, halt: asyncio.Event) -> None:
        """Also when the database stays away: what is held is held, more is not taken."""
        while not self._should_halt():  # noqa: ASYNC110 - three reasons, one pulse
            await asyncio.sleep(0.2)
        halt.set()

    def _should_halt(self) -> bool:
        away = self._patience.away_for_s > STOP_TAKING_AFTER_S
        return away or self._stop.is_set() or self._paused.is_set()

    def _take(self, delivery: Delivery) -> None:
        try:
            heard = understand(self._inbox.handlers, delivery.body)
        except UnreadableEnvelope as unreadable:
            log.warning("message is no event of ours", consumer=self._inbox.consumer, reason=str(unreadable))
            metrics.inbox_results.labels(self._inbox.consumer, metrics.UNREADABLE).inc()
            task = asyncio.create_task(delivery.reject())
            self._rejecting.add(task)
            task.add_done_callback(self._rejecting.discard)
            return
        lane = crc32(heard.envelope.subject.encode()) % len(self._lanes)
        self._lanes[lane].put_nowait((delivery, heard))
        self._depths[lane].inc()

    async def _drain(self, number: int) -> None:
        lane, depth = self._lanes[number], self._depths[number]
        while True:
            items = [await lane.get()]
            while not lane.empty() and len(items) < BATCH:
                items.append(lane.get_nowait())
            depth.dec(len(items))
            self.busy += 1
            try:
                await self._process(items)
            except Exception:
                # Nothing may end a lane. What was held goes back and comes again, with care.
                log.exception("deliveries go back to the queue", consumer=self._inbox.consumer, count=len(items))
                for delivery, _ in items:
                    await delivery.give_back()
            finally:
                self.busy -= 1

    async def _process(self, items: Sequence[Item]) -> None:
        await failpoint("consumer.received")
        for delivery, heard in items:
            if delivery.came_back:
                await self._patience.through(partial(self._inbox.park, heard, reason=CAME_BACK))
                await delivery.ack()
                self._retry_bell.ring()
        fresh = [item for item in items if not item[0].came_back]
        if fresh and not (len(fresh) > 1 and not self._probation.on and await self._together(fresh)):
            for item in fresh:
                await self._alone(item)

    async def _together(self, items: Sequence[Item]) -> bool:
        """Apply all in one transaction; False when something went wrong and nothing was applied."""
        try:
            async with self._exclusion.shared():
                _, woken = await self._inbox.take_in([heard for _, heard in items])
        except Exception as error:  # noqa: BLE001 - whatever it was, each message alone finds out
            log.debug("batch falls apart", error=type(error).__name__, count=len(items))
            return False
        self._probation.succeeded()
        for delivery, _ in items:
            await delivery.ack()
        if woken:
            self._retry_bell.ring()
        return True

    async def _alone(self, item: Item) -> None:
        delivery, heard = item
        await self._probation.turn()
        try:
            async with self._exclusion.shared():
                _, woken = await self._patience.through(partial(self._inbox.take_in, [heard]))
        except HeldTooLong:
            raise
        except Exception as error:  # noqa: BLE001 - sorted by the inbox
            counted = self._probation.failed(heard.envelope.aggid)
            await self._patience.through(partial(self._inbox.fail, heard, error, None, counted=counted))
        else:
            self._probation.succeeded()
            if woken:
                self._retry_bell.ring()
        await delivery.ack()

    async def _database_back(self) -> None:
        while True:
            try:
                return await self._patience.database_answers()
            except HeldTooLong:
                log.warning("database still away", consumer=self._inbox.consumer)
