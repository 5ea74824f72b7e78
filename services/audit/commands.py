"""What the audit service can be told: append what was heard, attest what was verified or exported."""

from sqlalchemy import text
from sqlmodel import select

from libs.contracts.audit import AuditExported, ChainVerified
from libs.contracts.envelope import Envelope
from libs.database.unit_of_work import UnitOfWork
from services.audit.models import GENESIS, Entry, Verdict, sealed_entry


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


def attest_verification(uow: UnitOfWork, verdict: Verdict) -> ChainVerified:
    """Put on record that the chain was verified, with what came out."""
    event = ChainVerified(
        verification_id=uow.new_id(),
        from_seq=verdict.from_seq,
        to_seq=verdict.to_seq,
        intact=verdict.intact,
        first_broken_seq=verdict.first_broken_seq,
    )
    uow.emit(event)
    return event


def record_export(uow: UnitOfWork, *, from_seq: int, to_seq: int, count: int, reason: str) -> None:
    """Put on record that entries left the system, and why."""
    uow.emit(
        AuditExported(export_id=uow.new_id(), from_seq=from_seq, to_seq=to_seq, count=count).because(reason),
    )
