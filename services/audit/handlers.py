"""Events in: the audit service hears everything, and every fact becomes one entry."""

from libs.contracts.envelope import Envelope
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from services.audit import commands

handlers = Handlers()


@handlers.on_everything
async def append_entry(envelope: Envelope, body: bytes, uow: UnitOfWork) -> None:
    await commands.append_entry(uow, envelope, body)
