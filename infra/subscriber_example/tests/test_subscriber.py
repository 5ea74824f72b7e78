"""The example where a whole system would not go of itself: restored logs, refusals, and what it may not grow beyond."""

import ast
import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aio_pika

from infra.subscriber_example.tests.conftest import EXAMPLE, Example, Feed
from infra.subscribers.tests.conftest import Site
from libs.broker.topology import EVENTS

MOST_LINES = 40
README = Path(__file__).parents[3] / "README.md"


def event(number: int, event_id: str, record: str = "venue/1") -> dict[str, Any]:
    return {"id": event_id, "subject": record, "aggseq": number, "type": "sg.tms.venue.changed.v1", "data": {}}


def act(number: int, record: str = "venue/1") -> str:
    return f"{record} {number} sg.tms.venue.changed.v1"


async def until(condition: Callable[[], object], example: Example, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, example.log()
        await asyncio.sleep(0.05)


async def publish(site: Site, *events: dict[str, Any]) -> None:
    async with site.channel() as channel:
        exchange = await channel.get_exchange(EVENTS, ensure=False)
        for told in events:
            body = json.dumps(told).encode()
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await exchange.publish(message, "venue.changed.v1", timeout=10)


async def test_a_restored_log_is_read_again_and_what_is_known_is_passed_over(example: Example, feed: Feed) -> None:
    """
    Given a subscriber that stood in a log, when that was restored and its second event made anew,
    then it goes on with the cursor of the refusal, and acts on the new event alone.
    """
    feed.page("", "a", event(1, "one"), caught_up=False)
    feed.page("a", "b", event(2, "undone"))
    example.start()
    await until(lambda: len(example.acts()) == 2, example)
    example.kill()

    feed.answers["b"] = (410, {"code": "feed_epoch", "next_cursor": "c"})
    feed.page("c", "d", event(1, "one"), event(2, "made anew"))
    example.start()
    await until(lambda: len(example.acts()) == 3, example)
    assert example.acts() == [act(1), act(2), act(2)]
    assert feed.asked == ["", "a", "b", "c"]


async def test_it_takes_live_what_follows_and_reads_the_feed_where_something_is_missing(
    example: Example, feed: Feed, account: Site
) -> None:
    """
    Given a subscriber that has caught up,
    when its queue brings an event again, the next one, one of a new record, and then one too far ahead,
    then it passes over the first, acts on two, and on the last only after what the feed has before it.
    """
    feed.page("", "a", event(1, "one"))
    example.start()
    await until(lambda: feed.asked == [""], example)
    feed.page("a", "b", event(3, "three"), event(4, "four"))
    await publish(account, event(1, "one"), event(2, "two"), event(1, "other", "venue/2"), event(4, "four"))
    await until(lambda: len(example.acts()) == 5, example)
    assert example.acts() == [act(1), act(2), act(1, "venue/2"), act(3), act(4)]
    assert feed.asked == ["", "a"]


async def test_it_outlives_refusals_and_says_so(example: Example, feed: Feed) -> None:
    example.start()
    await until(lambda: feed.asked.count("") >= 2, example)
    assert "again, after HTTPStatusError" in example.log()
    feed.page("", "a", event(1, "one"))
    await until(lambda: example.acts() == [act(1)], example)


def test_it_fits_on_a_page_and_is_linked_where_people_look() -> None:
    source = EXAMPLE.read_text(encoding="utf-8")
    words: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
            words |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = [line.strip() for number, line in enumerate(source.splitlines(), 1) if number not in words]
    assert len([line for line in lines if line and not line.startswith("#")]) <= MOST_LINES
    assert "infra/subscriber_example/README.md" in README.read_text(encoding="utf-8")
