"""Append what was heard."""

from sqlalchemy import text
from sqlmodel import select

from libs.contracts.envelope import Envelope
from libs.database.unit_of_work import UnitOfWork
from services.audit.models import GENESIS, Entry, sealed_entry


async def append_entry(uow: UnitOfWork, envelope: Envelope, body: bytes) -> Entry:
    """Seal one heard event to the end of the chain.

    Appends queue on one advisory lock until the transaction ends: the chain has one order, whoever writes it.
    """
    await uow.session.execute(text("select pg_advisory_xact_lock(hashtext('audit.entry'))"))
    last = (await uow.session.execute(select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(1))).first()  # type: ignore[attr-defined]  # a column
    seq, prev_hash = (last.seq + 1, last.hash) if last else (1, GENESIS)
    entry = sealed_entry(envelope, body, seq=seq, prev_hash=prev_hash, recorded_at=uow.now())
    uow.add(entry)
    await uow.session.flush()
    return entry
