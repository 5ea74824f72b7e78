"""What is dead and why, in one list; and what a person can do about it.

Three places: inbox rows that are dead, messages the broker gave up, events the broker would not take. Replay makes an
inbox row due again in this consumer only (other consumers never see it twice), and a refused event due again at the
broker. Payloads cannot be edited: facts do not change; a fix is a better build or a correcting event.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.contracts.operations import (
    ConsumerPaused,
    ConsumerResumed,
    DeadLettersDiscarded,
    DeadLettersReplayed,
    ReplayCancelled,
)
from libs.database.statement import in_schema
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.outbox.dead_letters import statements
from libs.outbox.dead_letters.letter import (
    Alike,
    DeadLetter,
    DeadLetterGroup,
    LetterDetail,
    LetterSource,
    Replaying,
    Standing,
    envelope_of,
    reduced,
)

REFUSALS_TO_SHOW = 3
MOST = 500
EVERY = Alike()
Place = tuple[datetime, str, str]


class DeadLetters:
    """The dead letters of one service. Methods run in the caller's unit of work; the caller commits."""

    def __init__(self, service: str, schema: str) -> None:
        self._service = service
        self._list = in_schema(schema, statements.LIST)
        self._broker_body = in_schema(schema, statements.BROKER_BODY)
        self._groups = in_schema(schema, statements.GROUPS)
        self._replay = in_schema(schema, statements.REPLAY)
        self._release = in_schema(schema, statements.RELEASE)
        self._replaying = in_schema(schema, statements.REPLAYING)
        self._call_back = in_schema(schema, statements.CALL_BACK)
        self._chosen = in_schema(schema, statements.CHOSEN)
        self._discard = in_schema(schema, statements.DISCARD)
        self._close = in_schema(schema, statements.CLOSE)
        self._skip = in_schema(schema, statements.SKIP)
        self._pause = in_schema(schema, statements.PAUSE)
        self._paused = in_schema(schema, statements.PAUSED)
        self._summary = in_schema(schema, statements.SUMMARY)

    async def list(
        self,
        uow: UnitOfWork,
        *,
        fingerprint: str | None = None,
        source: LetterSource | None = None,
        type: str | None = None,  # noqa: A002 - the wire's own word
        aggid: UUID | None = None,
        standing: Standing | None = None,
        after: Place | None = None,
        limit: int = 100,
    ) -> Sequence[DeadLetter]:
        """What is dead, and what fails so far; the newest first, after a place in the list; at most 500."""
        rows = await self._rows(
            uow,
            fingerprint=fingerprint,
            source=source,
            type=type,
            aggid=aggid,
            standing=standing,
            after=after,
            limit=min(limit, MOST + 1),
        )
        return [DeadLetter.of(row) for row in rows]

    async def get(self, uow: UnitOfWork, source: LetterSource, letter_id: str) -> LetterDetail:
        """One dead letter with its event reduced to ids; raises NotFound, also when it is dead no more."""
        rows = await self._rows(uow, source=source, letter_id=letter_id, limit=1)
        if not rows:
            raise NotFound("dead letter", f"{source.value} {letter_id[:40]}")
        row = rows[0]
        body: bytes | str | None = row.body
        if source is LetterSource.BROKER:
            body = (await uow.session.execute(self._broker_body, {"id": int(letter_id)})).scalar_one()
        raw = body.encode() if isinstance(body, str) else body or b""
        event = envelope_of(raw)
        known = reduced(event, ours=source is not LetterSource.BROKER) if event else None
        return LetterDetail(
            letter=DeadLetter.of(row), event=known, size=len(raw), sha256=hashlib.sha256(raw).hexdigest()
        )

    async def _rows(
        self,
        uow: UnitOfWork,
        *,
        limit: int,
        fingerprint: str | None = None,
        source: LetterSource | None = None,
        type: str | None = None,  # noqa: A002 - the wire's own word
        aggid: UUID | None = None,
        standing: Standing | None = None,
        letter_id: str | None = None,
        after: Place | None = None,
    ) -> Sequence[Any]:
        at, after_source, after_id = after or (None, "", "")
        values = {
            "fingerprint": fingerprint,
            "source": source.value if source else None,
            "type": type,
            "aggid": aggid,
            "standing": standing.value if standing else None,
            "letter_id": letter_id,
            "at": at,
            "after_source": after_source,
            "after_id": after_id,
            "limit": limit,
            "refusals": REFUSALS_TO_SHOW,
        }
        return (await uow.session.execute(self._list, values)).all()

    async def groups(self, uow: UnitOfWork) -> Sequence[DeadLetterGroup]:
        """The largest group first."""
        rows = await uow.session.execute(self._groups, {"refusals": REFUSALS_TO_SHOW})
        return [DeadLetterGroup(**{**row._asdict(), "source": LetterSource(row.source)}) for row in rows]

    async def replay(
        self,
        uow: UnitOfWork,
        *,
        event_ids: Sequence[UUID] | None,
        alike: Alike = EVERY,
        rate_per_s: float,
        reason: str,
        dry_run: bool,
        source: LetterSource | None = None,
    ) -> int:
        """Make dead inbox rows due again, spread out in time, and refused events due at once, or only one of the two.

        Those named, or (with None) all that are alike; what is failing is left to itself. Answers how many (or, on a
        dry run, would be).
        """
        values = {
            "ids": list(event_ids) if event_ids is not None else None,
            **alike.values(),
            "dry_run": dry_run,
        }
        count = 0
        if source in {None, LetterSource.INBOX}:
            spread = {"step": timedelta(seconds=1 / rate_per_s), "consumer": self._service}
            count += int((await uow.session.execute(self._replay, {**values, **spread})).scalar_one())
        if source in {None, LetterSource.OUTBOX}:
            refused = {**values, "refusals": REFUSALS_TO_SHOW}
            count += int((await uow.session.execute(self._release, refused)).scalar_one())
        if count and not dry_run:
            event = DeadLettersReplayed(operation_id=uow.new_id(), service=self._service, count=count)
            uow.emit(event.because(reason))
        return count

    async def replaying(self, uow: UnitOfWork) -> Sequence[Replaying]:
        """By fingerprint: how many replayed letters wait, are being tried, and failed again, while any is not done."""
        rows = await uow.session.execute(self._replaying, {"consumer": self._service})
        return [Replaying(**row._asdict()) for row in rows]

    async def cancel_replay(self, uow: UnitOfWork, *, fingerprint: str | None, reason: str) -> int:
        """Make replayed letters that were not tried yet dead again; answers how many."""
        values = {"consumer": self._service, "fingerprint": fingerprint}
        count = len((await uow.session.execute(self._call_back, values)).all())
        if count:
            event = ReplayCancelled(operation_id=uow.new_id(), service=self._service, count=count)
            uow.emit(event.because(reason))
        return count

    async def discard(
        self,
        uow: UnitOfWork,
        *,
        event_ids: Sequence[UUID] | None,
        reason: str,
        skip: bool,
        broker_ids: Sequence[int] = (),
        alike: Alike = EVERY,
        dry_run: bool = False,
    ) -> int:
        """Give dead rows and broker messages up: those named, or (with neither) all that are alike, 500 a time.

        With `skip` the aggregate's later events go on without them, else they wait on.
        """
        named = [*map(str, event_ids or ()), *map(str, broker_ids)]
        by_name = event_ids is not None or bool(broker_ids)
        chosen = await self._choose(uow, named if by_name else None, alike)
        if dry_run:
            return len(chosen)
        dead = [UUID(letter_id) for source, letter_id in chosen if source == LetterSource.INBOX]
        values: dict[str, Any] = {"ids": dead, "consumer": self._service, "reason": reason}
        if skip:
            await uow.session.execute(self._skip, values)
        count = len((await uow.session.execute(self._discard, values)).all())
        closing = [int(letter_id) for source, letter_id in chosen if source == LetterSource.BROKER]
        count += len((await uow.session.execute(self._close, {"ids": closing, "note": reason})).all())
        if count:
            event = DeadLettersDiscarded(operation_id=uow.new_id(), service=self._service, count=count)
            uow.emit(event.because(reason))
        return count

    async def _choose(self, uow: UnitOfWork, named: Sequence[str] | None, alike: Alike) -> Sequence[tuple[str, str]]:
        values = {
            "ids": list(named) if named is not None else None,
            **alike.values(),
            "limit": MOST,
            "refusals": REFUSALS_TO_SHOW,
        }
        return [(row.source, row.letter_id) for row in await uow.session.execute(self._chosen, values)]

    async def close(self, uow: UnitOfWork, *, letter_id: int, reason: str) -> int:
        """Put away a message the broker gave up, with a note."""
        return await self.discard(uow, event_ids=None, broker_ids=[letter_id], reason=reason, skip=False)

    async def set_paused(self, uow: UnitOfWork, *, paused: bool, reason: str) -> None:
        """Stop or start delivery to this service's handlers; every worker notices within seconds."""
        await uow.session.execute(self._pause, {"consumer": self._service, "paused": paused})
        kind = ConsumerPaused if paused else ConsumerResumed
        uow.emit(kind(operation_id=uow.new_id(), service=self._service).because(reason))

    async def paused(self, uow: UnitOfWork) -> bool:
        value = (await uow.session.execute(self._paused, {"consumer": self._service})).scalar_one_or_none()
        return bool(value)

    async def summary(self, uow: UnitOfWork) -> dict[str, Any]:
        """Depths and ages: what waits to go out, what waits to be handled, what is dead."""
        row = (await uow.session.execute(self._summary, {"refusals": REFUSALS_TO_SHOW})).one()
        return dict(row._asdict())
