"""What operators see and do while it happens: early on the list, replayed without a cost to others, paused."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import aio_pika
import pytest

from libs.broker.publisher import Outgoing, Publisher
from libs.contracts.envelope import CONTENT_TYPE
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.dead_letters import Alike, DeadLetter, DeadLetters, Standing
from libs.outbox.tests.conftest import StartSample
from libs.sources import TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.sample.process import SampleDatabase, SampleProcess, at_rest, tick, tick_series, until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]
LETTERS = DeadLetters("sample", "sample")
ON_THE_LIST_WITHIN_S = 10
AS_SET_UP = {
    "TMS_RETRY_CEILINGS": '["PT1S", "PT5S", "PT30S", "PT2M", "PT10M", "PT1H"]',
    "TMS_RETRY_LEASE": "PT1M",
    "TMS_GAP_WAIT": "PT30S",
    "TMS_OUTBOX_POLL": "PT0.5S",
}
"""The pauses that people get, for what is promised about them."""


async def letters(units: UnitsOfWork) -> list[DeadLetter]:
    async with units.reading() as uow:
        return list(await LETTERS.list(uow))


async def operate(units: UnitsOfWork, act: Callable[..., object]) -> object:
    """One decision of a person."""
    with entered(Context(correlation_id=TimeOrderedIds().new())):
        async with units.begin() as uow:
            return await act(uow)  # type: ignore[misc]


async def listed(units: UnitsOfWork, wanted: Callable[[DeadLetter], bool], what: str) -> DeadLetter:
    """The letter, which must be on the list within the time that is promised."""

    async def seen() -> DeadLetter | None:
        return next((letter for letter in await letters(units) if wanted(letter)), None)

    found: DeadLetter = await until(seen, within_s=ON_THE_LIST_WITHIN_S, what=f"{what} on the list")
    return found


async def stranger(amqp_url: str, body: bytes) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        publisher = await Publisher.open(connection, "stranger")
        message = Outgoing(str(uuid4()), "sample.ticked.v1", body, CONTENT_TYPE, "sg.tms.sample.ticked.v1", headers={})
        assert await publisher.publish([message]) == [None]


async def test_whatever_fails_is_on_the_list_within_ten_seconds_as_it_is_set_up_for_people(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID], amqp_url: str
) -> None:
    """Given the usual retry schedule, when bytes are no event, a handler fails, one kills its process, or nobody
    takes an event, then each is on the list within ten seconds with its reason, tries and next try."""
    always, killer = aggregates[0], aggregates[1]
    process = start_sample(**AS_SET_UP)
    await tick_series(units, aggregates[2:4], 1, 2)
    await at_rest(database, what="a queue that is bound")

    await stranger(amqp_url, b"\x00no event")
    poison = await listed(units, lambda letter: letter.source == "broker", "what is no event")
    assert (poison.standing, poison.error) == (Standing.DEAD, "the body is not JSON")

    await tick(units, always, 1, behave="raise")
    failing = await listed(units, lambda letter: letter.aggid == always, "what always fails")
    assert (failing.standing, failing.actions) == (Standing.FAILING, ())
    assert failing.attempts >= 1
    assert failing.next_at is not None
    assert "Broken" in (failing.error or "")

    # what an operator does is told on a topic that nobody listens to here
    await operate(units, lambda uow: LETTERS.set_paused(uow, paused=False, reason="synthetic"))
    unroutable = await listed(
        units, lambda letter: letter.source == "outbox" and letter.standing is Standing.DEAD, "what nobody takes"
    )
    assert (unroutable.reason, unroutable.actions) == ("refused", ("replay",))
    assert unroutable.next_at is not None

    await tick(units, killer, 1, behave="exit")
    await until(lambda: dead(process), what="the process's death")
    again = start_sample(**AS_SET_UP)  # as its supervisor would
    crashing = await listed(units, lambda letter: letter.aggid == killer, "what kills its process")
    assert (crashing.standing, crashing.reason) == (Standing.FAILING, "came_back")
    async with units.reading() as uow:
        groups = {group.source.value: (group.count, group.failing) for group in await LETTERS.groups(uow)}
    assert (groups["broker"], groups["inbox"]) == ((1, 0), (0, 1))
    again.kill()


async def dead(process: SampleProcess) -> bool:
    return not process.alive


async def test_a_replay_is_told_and_a_pause_holds_it(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    """Given letters of two kinds, when those seen are replayed into a paused consumer, then they wait; then drain."""
    process = start_sample()
    for one in aggregates[:6]:
        await tick(units, one, 1, behave="refuse")
        await tick(units, one, 2)
    await until(lambda: buried(database, 6), what="six dead")
    seen_at = await database.value("select now()")
    for one in aggregates[6:8]:
        await tick(units, one, 1, behave="refuse")
    await until(lambda: buried(database, 8), what="two more dead")
    await database.fetch("insert into sample.fault_off values ('refuse')")

    await operate(units, lambda uow: LETTERS.set_paused(uow, paused=True, reason="looking first"))
    await until(lambda: logged(process, "consumer paused"), what="the pause noticed")
    [group] = await groups_of(units)
    seen = Alike(fingerprint=group, until=seen_at)

    async def replay(uow: object, *, dry_run: bool) -> int:
        return await LETTERS.replay(
            uow,  # type: ignore[arg-type]
            event_ids=None,
            alike=seen,
            rate_per_s=1000,
            reason="mended",
            dry_run=dry_run,
        )

    assert await operate(units, lambda uow: replay(uow, dry_run=True)) == 6
    assert await operate(units, lambda uow: replay(uow, dry_run=False)) == 6
    async with units.reading() as uow:
        [progress] = await LETTERS.replaying(uow)
    assert (progress.waiting + progress.trying, progress.failed_again) == (6, 0)
    # a moment later, all due long since, the pause has held every one of them
    await until(lambda: due(database, 6), what="their turn")
    await tick(units, aggregates[9], 1)
    assert await database.value("select count(*) from sample.effect") == 0

    await operate(units, lambda uow: LETTERS.set_paused(uow, paused=False, reason="looks well"))
    await until(lambda: effects(database, 13), what="six and their followers, and the newcomer")
    async with units.reading() as uow:
        assert await LETTERS.replaying(uow) == []
    assert await database.value("select count(*) from sample.inbox where state = 'dead'") == 2
    told = [row[0] for row in await database.fetch("select type from sample.event where aggtype = 'operation'")]
    assert sorted(told) == [
        "operation.consumer_paused.v1",
        "operation.consumer_resumed.v1",
        "operation.dead_letters_replayed.v1",
    ]


async def groups_of(units: UnitsOfWork) -> list[str]:
    async with units.reading() as uow:
        return [group.fingerprint for group in await LETTERS.groups(uow) if group.source == "inbox"]


async def buried(database: SampleDatabase, count: int) -> bool:
    return bool(await database.value("select count(*) from sample.inbox where state = 'dead'") == count)


async def due(database: SampleDatabase, count: int) -> bool:
    waiting = (
        "select count(*) from sample.inbox where state = 'retry' and series > 1 and next_at < now() - $1::interval"
    )
    return bool(await database.value(waiting, timedelta(seconds=1)) == count)


async def effects(database: SampleDatabase, count: int) -> bool:
    return bool(await database.value("select count(*) from sample.effect") == count)


async def logged(process: SampleProcess, words: str) -> bool:
    return words in process.log.read_text()
