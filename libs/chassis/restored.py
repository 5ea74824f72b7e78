"""What comes after a restore from a backup, while everything is stopped: the role `new-epoch`."""

from typing import TYPE_CHECKING

import structlog

from libs.broker.emptying import empty_queues, queues_of
from libs.database.engine import create_engine
from libs.database.migrations import is_at_head
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.outbox.epoch import begin_epoch
from libs.sources import Clock, TimeOrderedIds

if TYPE_CHECKING:
    from libs.chassis.service import Service

log = structlog.get_logger()


class SchemaNotAtHead(RuntimeError):
    """The restored schema is of an older build."""

    def __init__(self, service: str) -> None:
        super().__init__(f"The schema of {service} is not where this build expects it: play the role `migrate` first.")


async def begin_new_epoch(service: "Service", *, database_url: str, amqp_url: str, clock: Clock) -> None:
    """Empty the service's queues and begin the next life of its log; safe to repeat.

    In this order: where the broker refuses, nothing was begun, and the same command does all of it later. Raises
    SchemaNotAtHead and BrokerRefused.
    """
    if not await is_at_head(database_url, folder=service.migrations, schema=service.schema):
        raise SchemaNotAtHead(service.wire_name)
    dropped = await empty_queues(amqp_url, queues_of(service.wire_name))
    engine = create_engine(database_url, application_name=f"tms {service.wire_name} new epoch")
    append = outbox_append(service.wire_name, service.schema)
    try:
        async with UnitsOfWork(engine, clock=clock, ids=TimeOrderedIds(), append=append).begin() as uow:
            dated = await begin_epoch(uow, service=service.wire_name, schema=service.schema)
    finally:
        await engine.dispose()
    log.info("a new epoch begins", service=service.wire_name, messages_dropped=dropped, events_dated_anew=dated)
