"""The role that comes after a restore from a backup, while everything is stopped."""

from typing import TYPE_CHECKING, Any

import structlog

from libs.broker.emptying import empty_queues, queues_of
from libs.chassis.runtime import Runtime
from libs.database.migrations import is_at_head
from libs.outbox.epoch import begin_epoch

if TYPE_CHECKING:
    from libs.chassis.service import Service

log = structlog.get_logger()


class SchemaNotAtHead(RuntimeError):
    """The restored schema is of an older build."""

    def __init__(self, service: str) -> None:
        super().__init__(f"The schema of {service} is not where this build expects it: play the role `migrate` first.")


async def begin_new_epoch(service: "Service", runtime: Runtime[Any]) -> None:
    """Empty the service's queues and begin the next life of its log; safe to repeat.

    In this order: where the broker refuses, nothing was begun, and the same command does all of it later. Raises
    SchemaNotAtHead and BrokerRefused.
    """
    settings = runtime.settings
    url = settings.database_url.get_secret_value()
    if not await is_at_head(url, folder=service.migrations, schema=service.schema):
        raise SchemaNotAtHead(service.wire_name)
    dropped = await empty_queues(settings.amqp_url.get_secret_value(), queues_of(service.wire_name))
    async with runtime.units.begin() as uow:
        dated = await begin_epoch(uow, service=service.wire_name, schema=service.schema)
    log.info("a new epoch begins", service=service.wire_name, messages_dropped=dropped, events_dated_anew=dated)
