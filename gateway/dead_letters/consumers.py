"""How messaging fares in every service, how far replays have come, and the switch of each consumer."""

import asyncio
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from gateway.answers import Answer, model_answer
from gateway.asking import Asker
from gateway.dead_letters.letters import SYNC, job_fingerprint
from gateway.dead_letters.sources import JOBS, JOBS_PATH, LETTERS_PATH, MESSAGING, Circle, Source, refuse
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
    recallable: bool
    """Whether what waits can still be called back; sync jobs cannot."""
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
    circle = Circle(asker, wish)
    circle.jobs = False
    if wish.principal.grant(Permission.MESSAGING_VIEW) is None:
        raise await refuse(asker, wish, Permission.MESSAGING_VIEW)
    replies = await asyncio.gather(
        *(asker.ask(wish.journey, name, "/ops/messaging/summary") for name in circle.messaging)
    )
    for reply in replies:
        circle.note(MESSAGING, reply)
    items = [Consumer(**{**reply.document, "service": reply.service}) for reply in replies if reply.ok]
    return model_answer(Consumers(items=items, sources=circle.sources(only=MESSAGING)))


async def list_replays(asker: Asker, wish: Wish) -> Answer:
    """`GET /dead-letters/replays`."""
    circle = Circle(asker, wish)
    if circle.empty:
        raise await refuse(asker, wish)
    asked = [(name, MESSAGING, f"{LETTERS_PATH}/replays") for name in circle.messaging]
    asked += [(SYNC, JOBS, f"{JOBS_PATH}/requeued")] if circle.jobs else []
    replies = await asyncio.gather(*(asker.ask(wish.journey, name, path) for name, _, path in asked))
    items: list[Replaying] = []
    for (_, what, _), reply in zip(asked, replies, strict=True):
        circle.note(what, reply)
        shape = _of_messages if what == MESSAGING else _of_jobs
        items += [shape(reply.service, told) for told in reply.document] if reply.ok else []
    return model_answer(Replays(items=items, sources=circle.sources()))


def _of_messages(service: str, told: dict[str, Any]) -> Replaying:
    return Replaying(**{**told, "service": service, "recallable": True})


def _of_jobs(service: str, told: dict[str, Any]) -> Replaying:
    fingerprint = job_fingerprint({"state": None, "error_class": None, "error_code": None, **told})
    return Replaying(**{**told, "service": service, "fingerprint": fingerprint, "recallable": False})


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
