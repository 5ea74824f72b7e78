"""Routes every service has for its peers and operators: the event feed, and what messaging does.

Internal: the gateway forwards none of these paths.
"""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field

from libs.access.permissions import Permission
from libs.errors import FieldError, Invalid
from libs.outbox.dead_letters import DeadLetter, DeadLetterGroup, DeadLetters
from libs.outbox.feed import MOST, Feed
from libs.web.body import Body
from libs.web.guard import allow
from libs.web.reason import Reason
from libs.web.routing import Router
from libs.web.transaction import Uow


class ReplayWish(Body):
    """Which dead letters to try again: by id or by fingerprint."""

    event_ids: list[UUID] | None = Field(default=None, max_length=500)
    fingerprint: str | None = Field(default=None, max_length=500)
    rate_per_s: float = Field(default=20, gt=0, le=1000)
    dry_run: bool = False
    reason: Reason


class DiscardWish(Body):
    """Which dead letters to give up. `skip` lets the later events of their aggregates go on without them."""

    event_ids: list[UUID] = Field(min_length=1, max_length=500)
    skip: bool = False
    reason: Reason


class WhyWish(Body):
    reason: Reason


VIEW = [allow(Permission.MESSAGING_VIEW)]
OPERATE = [allow(Permission.MESSAGING_OPERATE)]


def messaging_routers(service: str, schema: str) -> list[Router]:
    """The feed and operator routes of one service."""
    dead_letters = DeadLetters(service, schema)
    return [feed_router(Feed(schema)), dead_letter_router(dead_letters), consumer_router(dead_letters)]


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
        wanted = [name.removesuffix(".*") for name in types.split(",")] if types else None
        page = await feed.page(
            connection, after=after, limit=limit, aggregate_types=wanted, behind=timedelta(seconds=behind_s)
        )
        return page.document()

    return router


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
    """What waits for a person, and what a person can do about it."""
    router = Router(tags=["internal"])

    @router.get("/ops/dead-letters", dependencies=VIEW)
    async def list_dead_letters(
        uow: Uow,
        fingerprint: Annotated[str | None, Query(max_length=500)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> list[DeadLetter]:
        """What is dead and why, oldest first."""
        return list(await dead_letters.list(uow, fingerprint=fingerprint, limit=limit))

    @router.get("/ops/dead-letters/groups", dependencies=VIEW)
    async def list_groups(uow: Uow) -> list[DeadLetterGroup]:
        """Dead letters that failed alike, the largest group first."""
        return list(await dead_letters.groups(uow))

    @router.post("/ops/dead-letters/replay", dependencies=OPERATE)
    async def replay(uow: Uow, wish: ReplayWish) -> dict[str, int]:
        """Make dead messages due again in this service; nobody else hears them twice."""
        if wish.event_ids is None and wish.fingerprint is None:
            field = FieldError("event_ids", "missing", "nothing is chosen", "Give event_ids or a fingerprint.")
            raise Invalid("Say which dead letters to replay.", [field])
        count = await dead_letters.replay(
            uow,
            event_ids=wish.event_ids,
            fingerprint=wish.fingerprint,
            rate_per_s=wish.rate_per_s,
            reason=wish.reason,
            dry_run=wish.dry_run,
        )
        return {"count": count}

    @router.post("/ops/dead-letters/discard", dependencies=OPERATE)
    async def discard(uow: Uow, wish: DiscardWish) -> dict[str, int]:
        """Give dead messages up, with a reason."""
        count = await dead_letters.discard(uow, event_ids=wish.event_ids, reason=wish.reason, skip=wish.skip)
        return {"count": count}

    @router.post("/ops/dead-letters/broker/{letter_id}/discard", dependencies=OPERATE)
    async def close_broker_letter(uow: Uow, letter_id: int, wish: WhyWish) -> dict[str, int]:
        """Put away a message the broker gave up."""
        return {"count": await dead_letters.close(uow, letter_id=letter_id, reason=wish.reason)}

    return router
