"""Events in: noted down for the timeline, then what they owe TPGateway, then what that means for the calendar."""

from libs.contracts.event import Event
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handler, Handlers
from services.tpg_sync.commands.noting import note
from services.tpg_sync.handlers import obligations, submissions


def _one_after_the_other(*steps: Handler[Event]) -> Handler[Event]:
    async def handle(event: Event, uow: UnitOfWork) -> None:
        for step in steps:
            await step(event, uow)

    return handle


def together(*tables: Handlers) -> Handlers:
    """One table of several: who hears the same event is called in the tables' order, in the same transaction.

    Raises ValueError where two tables want an aggregate heard in different modes.
    """
    modes = [(name, mode) for table in tables for name, mode in table.modes.items()]
    joined = Handlers(modes=dict(modes))
    for name, mode in modes:
        if joined.modes[name] != mode:
            message = f"{name} is to be heard in two modes: {mode}, {joined.modes[name]}"
            raise ValueError(message)
    for key in dict.fromkeys(key for table in tables for key in table.by_routing_key):
        found = [table.by_routing_key[key] for table in tables if key in table.by_routing_key]
        joined.by_routing_key[key] = found[0][0], _one_after_the_other(*(handle for _, handle in found))
    return joined


handlers = together(submissions.handlers, obligations.handlers)
handlers.on_hearing(note)

__all__ = ["handlers", "together"]
