"""Routes every service has for its peers and operators: the event feed, and what messaging does.

Internal: the gateway forwards none of these paths.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, Field

from libs.access.permissions import Grant, Permission
from libs.access.telling import told_kinds
from libs.errors import FieldError, Forbidden, Invalid
from libs.outbox.dead_letters import (
    Alike,
    DeadLetter,
    DeadLetterGroup,
    DeadLetters,
    LetterDetail,
    LetterSource,
    Replaying,
    Standing,
)
from libs.outbox.feed import MOST, Feed
from libs.web.body import Body
from libs.web.guard import Caller, allow
from libs.web.paging import Page, PageQuery, page
from libs.web.reason import Reason
from libs.web.routing import Router
from libs.web.transaction import Uow


class AlikeWish(Body):
    """Which dead letters, where they are not named: all that match; `everything` where nothing else limits."""

    fingerprint: str | None = Field(default=None, max_length=500)
    type: str | None = Field(default=None, max_length=150)
    aggid: UUID | None = None
    everything: bool = False
    until: AwareDatetime | None = None
    """Only those that were dead by then."""

    @property
    def limited(self) -> bool:
        return self.everything or any(value is not None for value in (self.fingerprint, self.type, self.aggid))

    def alike(self) -> Alike:
        return Alike(fingerprint=self.fingerprint, type=self.type, aggid=self.aggid, until=self.until)


class ReplayWish(AlikeWish):
    """Which dead letters to try again: by id or all that match; `source` keeps to one of the two that can be."""

    event_ids: list[UUID] | None = Field(default=None, max_length=500)
    source: LetterSource | None = None
    rate_per_s: float = Field(default=20, gt=0, le=1000)
    dry_run: bool = False
    reason: Reason


class DiscardWish(AlikeWish):
    """Which dead letters to give up: by id or all that match.

    `skip` lets the later events of their aggregates go on without them, and is an administrator's to decide.
    """

    event_ids: list[UUID] | None = Field(default=None, max_length=500)
    broker_ids: list[Annotated[int, Field(ge=1, lt=2**63)]] = Field(default=[], max_length=500)
    skip: bool = False
    dry_run: bool = False
    reason: Reason


class CancelWish(Body):
    """Which replay to call back: of one fingerprint, or every one of this service."""

    fingerprint: str | None = Field(default=None, max_length=500)
    reason: Reason


class WhyWish(Body):
    reason: Reason


VIEW = [allow(Permission.MESSAGING_VIEW)]
OPERATE = [allow(Permission.MESSAGING_OPERATE)]


def messaging_routers(service: str, schema: str) -> list[Router]:
    """The feed and operator routes of one service."""
    dead_letters = DeadLetters(service, schema)
    return [
        feed_router(Feed(schema)),
        dead_letter_router(dead_letters),
        decision_router(dead_letters),
        consumer_router(dead_letters),
    ]


def feed_router(feed: Feed) -> Router:
    """What subscribers and peers read."""
    router = Router(tags=["internal"])

    @router.get("/internal/v1/events", dependencies=[allow(Permission.EVENTS_FEED)])
    async def read_feed(
        uow: Uow,
        after: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        types: Annotated[str | None, Query(max_length=500)] = None,
        behind_s: Annotated[float, Query(ge=0, le=86_400)] = 0,
        at_head: Annotated[bool, Query(description="No events, only the cursor of now.")] = False,
        aggtype: Annotated[str | None, Query(max_length=40)] = None,
        aggid: UUID | None = None,
        from_seq: Annotated[int, Query(ge=1)] = 1,
        to_seq: Annotated[int | None, Query(ge=1)] = None,
    ) -> dict[str, Any]:
        """The event log in commit order after a cursor; or, with aggtype and aggid, one aggregate's events."""
        connection = await uow.session.connection()
        if aggid is not None:
            if aggtype is None:
                field = FieldError("aggtype", "missing", "needed beside aggid", "Name the aggregate's type.")
                raise Invalid("An aggregate has a type and an id.", [field])
            page = await feed.series(
                connection, aggtype=aggtype, aggid=aggid, from_seq=from_seq, to_seq=to_seq or from_seq + MOST
            )
            return page.document()
        if at_head:
            return (await feed.head(connection)).document()
        page = await feed.page(
            connection, after=after, limit=limit, aggregate_types=_kinds(types), behind=timedelta(seconds=behind_s)
        )
        return page.document()

    @router.get("/internal/v1/events/told", dependencies=[allow(Permission.EVENTS_SUBSCRIBE)])
    async def read_what_is_told(
        uow: Uow,
        caller: Caller,
        after: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        types: Annotated[str | None, Query(max_length=500)] = None,
        at_head: Annotated[bool, Query(description="No events, only the cursor of now.")] = False,
    ) -> dict[str, Any]:
        """The same for other systems: only the kinds of records that their scopes name."""
        kinds = told_kinds(caller, _kinds(types))
        connection = await uow.session.connection()
        if at_head:
            return (await feed.head(connection)).document()
        return (await feed.page(connection, after=after, limit=limit, aggregate_types=kinds)).document()

    return router


def _kinds(types: str | None) -> list[str] | None:
    return [name.removesuffix(".*") for name in types.split(",")] if types else None


def consumer_router(dead_letters: DeadLetters) -> Router:
    """How messaging fares, and the switch."""
    router = Router(tags=["internal"])

    @router.get("/ops/messaging/summary", dependencies=VIEW)
    async def show_summary(uow: Uow) -> dict[str, Any]:
        """Depths and ages of outbox, inbox and dead letters."""
        return {**await dead_letters.summary(uow), "paused": await dead_letters.paused(uow)}

    @router.post("/ops/consumer/pause", dependencies=OPERATE)
    async def pause(uow: Uow, wish: WhyWish) -> dict[str, bool]:
        """Stop delivery to this service's handlers; messages wait in the queue."""
        await dead_letters.set_paused(uow, paused=True, reason=wish.reason)
        return {"paused": True}

    @router.post("/ops/consumer/resume", dependencies=OPERATE)
    async def resume(uow: Uow, wish: WhyWish) -> dict[str, bool]:
        """Start delivery again."""
        await dead_letters.set_paused(uow, paused=False, reason=wish.reason)
        return {"paused": False}

    return router


def dead_letter_router(dead_letters: DeadLetters) -> Router:
    """What waits for a person."""
    router = Router(tags=["internal"])

    @router.get("/ops/dead-letters", dependencies=VIEW)
    async def list_dead_letters(
        uow: Uow,
        paging: PageQuery,
        fingerprint: Annotated[str | None, Query(max_length=500)] = None,
        source: LetterSource | None = None,
        type: Annotated[str | None, Query(max_length=150)] = None,  # noqa: A002 - the wire's own word
        aggid: UUID | None = None,
        standing: Standing | None = None,
    ) -> Page[DeadLetter]:
        """What is dead, or fails so far, and why; newest first."""
        letters = await dead_letters.list(
            uow,
            fingerprint=fingerprint,
            source=source,
            type=type,
            aggid=aggid,
            standing=standing,
            after=paging.after(datetime, str, str),
            limit=paging.limit + 1,
        )
        return page(letters, paging.limit, key=lambda letter: letter.place)

    @router.get("/ops/dead-letters/groups", dependencies=VIEW)
    async def list_groups(uow: Uow) -> list[DeadLetterGroup]:
        """Dead letters that failed alike, the largest group first."""
        return list(await dead_letters.groups(uow))

    @router.get("/ops/dead-letters/replays", dependencies=VIEW)
    async def list_replays(uow: Uow) -> list[Replaying]:
        """How far each replay has come: letters that wait, are being tried, and failed again."""
        return list(await dead_letters.replaying(uow))

    @router.get("/ops/dead-letters/{source}/{letter_id}", dependencies=VIEW)
    async def get_dead_letter(uow: Uow, source: LetterSource, letter_id: str) -> LetterDetail:
        """One dead letter, its event reduced to ids."""
        return await dead_letters.get(uow, source, letter_id)

    return router


def decision_router(dead_letters: DeadLetters) -> Router:
    """What a person can do about what is dead."""
    router = Router(tags=["internal"])

    @router.post("/ops/dead-letters/replay", dependencies=OPERATE)
    async def replay(uow: Uow, wish: ReplayWish) -> dict[str, int]:
        """Make dead messages due again in this service; nobody else hears them twice."""
        if wish.event_ids is None and not wish.limited:
            raise nothing_chosen("replay")
        count = await dead_letters.replay(
            uow,
            event_ids=wish.event_ids,
            alike=wish.alike(),
            source=wish.source,
            rate_per_s=wish.rate_per_s,
            reason=wish.reason,
            dry_run=wish.dry_run,
        )
        return {"count": count}

    @router.post("/ops/dead-letters/replay/cancel", dependencies=OPERATE)
    async def cancel_replay(uow: Uow, wish: CancelWish) -> dict[str, int]:
        """Call back what was replayed and not tried yet: it is dead again."""
        return {"count": await dead_letters.cancel_replay(uow, fingerprint=wish.fingerprint, reason=wish.reason)}

    @router.post("/ops/dead-letters/discard", dependencies=OPERATE)
    async def discard(uow: Uow, wish: DiscardWish, caller: Caller) -> dict[str, int]:
        """Give dead messages up, with a reason."""
        if wish.event_ids is None and not wish.broker_ids and not wish.limited:
            raise nothing_chosen("discard")
        if wish.skip and caller.grant(Permission.MESSAGING_OPERATE) is not Grant.ALL:
            raise Forbidden("To let later events go on without an earlier one is an administrator's to decide.")
        count = await dead_letters.discard(
            uow,
            event_ids=wish.event_ids,
            broker_ids=wish.broker_ids,
            alike=wish.alike(),
            reason=wish.reason,
            skip=wish.skip,
            dry_run=wish.dry_run,
        )
        return {"count": count}

    @router.post("/ops/dead-letters/broker/{letter_id}/discard", dependencies=OPERATE)
    async def close_broker_letter(uow: Uow, letter_id: int, wish: WhyWish) -> dict[str, int]:
        """Put away a message the broker gave up."""
        return {"count": await dead_letters.close(uow, letter_id=letter_id, reason=wish.reason)}

    return router


def nothing_chosen(what: str) -> Invalid:
    field = FieldError("event_ids", "missing", "nothing is chosen", "Give event_ids, or what they have in common.")
    return Invalid(f"Say which dead letters to {what}.", [field])
