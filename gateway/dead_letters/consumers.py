"""How messaging fares in every service, how far replays have come, and the switch of each consumer."""

import asyncio
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from gateway.answers import Answer, model_answer
from gateway.asking import Asker
from gateway.dead_letters.sources import LETTERS_PATH, MESSAGING, Circle, Source, refuse
from gateway.doors import Wish
from libs.access.permissions import Permission
from libs.errors import NotFound
from libs.web.body import Body
from libs.web.reason import Reason


class Consumer(BaseModel):
    """One service's messaging: depths, ages, and whether delivery is paused."""

    model_config = {"extra": "allow"}

    service: str
    paused: bool


class Consumers(BaseModel):
    items: list[Consumer]
    sources: list[Source]


class Replaying(BaseModel):
    """How far a replay has come in one service."""

    service: str
    fingerprint: str
    waiting: int
    """They wait for their turn, and can still be called back."""
    trying: int
    failed_again: int
    next_at: datetime | None
    last_at: datetime | None


class Replays(BaseModel):
    items: list[Replaying]
    sources: list[Source]


class SwitchWish(Body):
    reason: Reason


class Switched(BaseModel):
    paused: bool


async def list_consumers(asker: Asker, wish: Wish) -> Answer:
    """`GET /consumers`."""
    found, sources = await _everywhere(asker, wish, "/ops/messaging/summary")
    return model_answer(
        Consumers(items=[Consumer(**{**told, "service": name}) for name, told in found], sources=sources)
    )


async def list_replays(asker: Asker, wish: Wish) -> Answer:
    """`GET /dead-letters/replays`."""
    found, sources = await _everywhere(asker, wish, f"{LETTERS_PATH}/replays")
    items = [Replaying(**{**told, "service": name}) for name, listed in found for told in listed]
    return model_answer(Replays(items=items, sources=sources))


async def _everywhere(asker: Asker, wish: Wish, path: str) -> tuple[list[tuple[str, Any]], list[Source]]:
    """What every service says about its messaging, and which of them could."""
    circle = Circle(asker, wish)
    circle.jobs = False
    if wish.principal.grant(Permission.MESSAGING_VIEW) is None:
        raise await refuse(asker, wish, Permission.MESSAGING_VIEW)
    replies = await asyncio.gather(*(asker.ask(wish.journey, name, path) for name in circle.messaging))
    for reply in replies:
        circle.note(MESSAGING, reply)
    return [(reply.service, reply.document) for reply in replies if reply.ok], circle.sources(only=MESSAGING)


async def switch(asker: Asker, wish: Wish, to: str) -> Answer:
    """`POST /consumers/{service}/pause` and `/resume`: stop or start delivery to one service's handlers."""
    service = wish.parts["service"]
    if service not in asker.services:
        raise NotFound("consumer", service[:40])
    wanted = await wish.body(SwitchWish)
    key = wish.header(b"idempotency-key")
    headers = {"Idempotency-Key": key} if key else None
    reply = await asker.ask(
        wish.journey, service, f"/ops/consumer/{to}", body={"reason": wanted.reason}, headers=headers
    )
    return reply.answer()
