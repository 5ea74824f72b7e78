"""A subscriber's queue: bound to what its areas are, bounded, and the same by either way of setting it up."""

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.subscribers.__main__ import cli
from infra.subscribers.subscriber import NotASubscriber, Subscriber
from infra.subscribers.tests.conftest import PASSWORD, Site
from libs.access.telling import TOLD
from libs.broker.channel import BrokerRefused
from libs.broker.subscribers import (
    QueueState,
    close_queue,
    open_queue,
    queue_states,
    subscriber_arguments,
    subscriber_queue,
)
from libs.servers.rabbitmq import RabbitServer

KEYS = ("run.created.v1", "enrolment.confirmed.v1", "user.created.v1", "run_seats.counted.v1", "sync.queued.v1")


def names(bodies: list[bytes]) -> list[str]:
    return [body.decode().removeprefix("{}") for body in bodies]


async def test_it_holds_what_its_areas_name_and_never_what_is_kept_inside(site: Site) -> None:
    await site.say(*KEYS)
    assert names(await site.heard(subscriber_queue("payroll"))) == ["run.created.v1", "run_seats.counted.v1"]
    assert names(await site.heard(subscriber_queue("crm"))) == [key for key in KEYS if not key.startswith("user")]


async def test_other_areas_take_the_place_of_those_before(site: Site) -> None:
    for _ in range(2):
        await open_queue(site.admin_url, "payroll", Subscriber.wished("payroll", ["enrolments", "sync"]).kinds)
    await site.say(*KEYS)
    assert names(await site.heard(subscriber_queue("payroll"))) == ["enrolment.confirmed.v1", "sync.queued.v1"]


async def test_a_full_queue_drops_its_oldest_and_refuses_nothing(site: Site) -> None:
    """
    Given a subscriber that does not read and has room for little,
    when more is said than it can hold,
    then every publish is confirmed, the services' queues hold all of it, and the newest is what it finds.
    """
    await open_queue(site.admin_url, "slow", dict.fromkeys(TOLD, True), most_bytes=50_000)
    keys = [f"run.created.v{number}" for number in range(100)]
    await site.say(*keys, body=b"x" * 2_000)
    kept = [body.removeprefix(b"x" * 2_000).decode() for body in await site.heard(subscriber_queue("slow"))]
    assert 0 < len(kept) < 50
    assert kept == keys[-len(kept) :]
    assert len(await site.heard("tms.course.events")) == 100


async def test_what_is_imported_is_what_is_declared(rabbit_server: RabbitServer, vhost: str, site: Site) -> None:
    """Given a queue made from a definitions document, then declaring it the other way finds no difference."""
    system = Subscriber.wished("imported", ["attendance"])
    document = system.definitions(PASSWORD, vhost)
    for _ in range(2):
        rabbit_server.take(document)
    try:
        await open_queue(site.admin_url, "imported", {})
        await site.say("attendance.marked.v1", *KEYS)
        url = f"amqp://{system.account}:{PASSWORD}@127.0.0.1:{rabbit_server.port}/{vhost}"
        assert names(await site.heard(system.queue, url)) == ["attendance.marked.v1"]
    finally:
        rabbit_server.ctl("delete_user", system.account)


async def test_a_queue_that_stands_otherwise_is_not_passed_over(site: Site) -> None:
    with pytest.raises(BrokerRefused, match="x-max-length-bytes"):
        await open_queue(site.admin_url, "payroll", {}, most_bytes=1_000)


async def test_how_each_fares_is_seen_and_the_end_is_harmless_to_repeat(site: Site) -> None:
    await site.say("run.created.v1")
    states = await queue_states(site.admin_url, ["payroll", "nobody"])
    assert states == {"payroll": QueueState(waiting=1, readers=0), "nobody": None}
    for _ in range(2):
        await close_queue(site.admin_url, "payroll")
    assert await queue_states(site.admin_url, ["payroll"]) == {"payroll": None}


async def test_an_account_that_is_deleted_reads_no_more(rabbit_server: RabbitServer, vhost: str, site: Site) -> None:
    """Given a subscriber that reads, when its account is deleted, then its connection ends."""
    system = Subscriber.wished("leaving")
    rabbit_server.take(system.definitions(PASSWORD, vhost))
    url = f"amqp://{system.account}:{PASSWORD}@127.0.0.1:{rabbit_server.port}/{vhost}"
    async with site.channel(url) as channel:
        underlay: Any = await channel.get_underlay_channel()
        await asyncio.to_thread(rabbit_server.ctl, "delete_user", system.account)
        async with asyncio.timeout(20):
            await asyncio.wait([asyncio.ensure_future(asyncio.shield(underlay.connection.closing))])


def test_the_document_to_import_holds_no_password_and_whoever_asks_for_it_gets_one() -> None:
    run = CliRunner().invoke(cli, ["definitions", "crm", "--areas", "sync", "--vhost", "other"])
    document = json.loads(run.stdout)
    password = run.stderr.splitlines()[0].rpartition(" ")[2]
    assert len(password) >= 30
    assert password not in run.stdout
    assert [user["name"] for user in document["users"]] == ["tms_ext_crm"]
    assert {part["vhost"] for kind in ("permissions", "queues", "bindings") for part in document[kind]} == {"other"}
    assert "sync.#" in {binding["routing_key"] for binding in document["bindings"]}
    assert "events:subscribe events:sync" in run.stderr


def test_it_is_a_quorum_queue_without_dead_letters() -> None:
    """Written out a second time on purpose: these arguments cannot be changed once a queue stands."""
    assert subscriber_arguments() == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 20,
        "x-max-length-bytes": 268_435_456,
        "x-overflow": "drop-head",
    }


@pytest.mark.parametrize("system", ["", "Payroll", "pay-roll", "1pay", "pay.roll", "p" * 31, "pay roll", "päy"])
def test_a_name_that_would_not_fit_the_broker_is_refused(system: str) -> None:
    with pytest.raises(NotASubscriber, match="letter first"):
        Subscriber.wished(system)


def test_areas_are_known_and_without_any_it_hears_all_that_is_told() -> None:
    assert all(Subscriber.wished("payroll").kinds.values())
    assert Subscriber.wished("payroll", ["sync"]).scopes == ["events:subscribe", "events:sync"]
    with pytest.raises(NotASubscriber, match="there are courses"):
        Subscriber.wished("payroll", ["courses", "users"])
