"""A complete subscriber: hears every event once, in order within a record, whatever is killed meanwhile.

python subscriber.py < payroll.json        what it has heard is kept in heard.db of the working folder
"""

import asyncio
import json
import sqlite3

import aio_pika
import httpx

TOLD = json.loads(input())
DB = sqlite3.connect("heard.db")
DB.execute("create table if not exists seen (subject, number, id unique, primary key (subject, number, id))")
DB.execute("create table if not exists place (one integer primary key, cursor text)")


def take(event: dict[str, object]) -> None:
    """Act on an event, unless its id is known. What you write to DB here commits with the id: both, or neither."""
    if DB.execute("insert or ignore into seen values (:subject, :aggseq, :id)", event).rowcount:
        print(event["subject"], event["aggseq"], event["type"], flush=True)


def catch_up() -> None:
    """Read the feed from where it was left to its end. The place and what was read up to it are one transaction."""
    token = httpx.post(TOLD["token_url"], data=TOLD["client"]).raise_for_status().json()["access_token"]
    while True:
        place = dict(DB.execute("select 'cursor', cursor from place"))  # nothing yet: from the very beginning
        answer = httpx.get(TOLD["feed"], params=place, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        # 410 is no failure: a log was restored, and the answer says where to go on; known ids are passed over.
        page = answer.json() if answer.status_code == httpx.codes.GONE else answer.raise_for_status().json()
        with DB:
            for event in page.get("events", []):
                take(event)
            DB.execute("insert or replace into place values (1, :next_cursor)", page)
        if page.get("caught_up"):
            return


async def follow() -> None:
    """The feed first, while the queue fills; then the queue, for five minutes: the feed has what a queue may lose."""
    await asyncio.sleep(3)  # whatever is away is not asked for more often
    catch_up()
    async with await aio_pika.connect(TOLD["amqp_url"]) as tms, tms.channel() as channel, asyncio.timeout(300):
        await channel.set_qos(prefetch_count=100)
        # The queue is there already: you declare nothing.
        async for message in (await channel.get_queue(TOLD["queue"], ensure=False)).iterator():
            event = json.loads(message.body)
            gap = DB.execute("select :aggseq > 1 + ifnull(max(number), 0) from seen where subject = :subject", event)
            with DB:
                catch_up() if gap.fetchone()[0] else take(event)
            await message.ack()  # after the commit: a kill in between brings it once more, and its id is known


while True:
    try:
        asyncio.run(follow())
    except (aio_pika.exceptions.AMQPError, httpx.HTTPError, OSError, asyncio.CancelledError) as fault:
        print("again, after", repr(fault), flush=True)
