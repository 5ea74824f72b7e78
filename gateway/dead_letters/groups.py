"""What failed alike, counted over all services."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from gateway.answers import Answer, model_answer
from gateway.asking import Asker
from gateway.dead_letters.kinds import Kind
from gateway.dead_letters.letters import STUCK, SYNC, job_fingerprint
from gateway.dead_letters.sources import JOBS, JOBS_PATH, LETTERS_PATH, MESSAGING, Circle, Source, refuse
from gateway.doors import Wish
from libs.access.permissions import Permission


class Group(BaseModel):
    """Letters that failed alike, in whichever services."""

    fingerprint: str
    kind: Kind
    services: list[str]
    count: int
    """How many are dead."""
    failing: int
    """How many more fail so far and are tried again by themselves."""
    first_at: datetime
    last_at: datetime
    oldest_age_s: int
    example: str | None
    actions: list[str]


class Groups(BaseModel):
    """The largest group first."""

    items: list[Group]
    as_of: datetime
    """Send it as `until` with a decision about a group: then only what was dead by now is meant."""
    sources: list[Source]


class GroupQuery(BaseModel):
    service: Annotated[str | None, Field(max_length=40)] = None


async def list_groups(asker: Asker, wish: Wish, now: datetime) -> Answer:
    """`GET /dead-letters/groups`."""
    circle = Circle(asker, wish, service=wish.query(GroupQuery).service)
    if circle.empty:
        raise await refuse(asker, wish)
    places = [(name, MESSAGING, f"{LETTERS_PATH}/groups") for name in circle.messaging]
    places += [(SYNC, JOBS, f"{JOBS_PATH}/groups")] if circle.jobs else []
    asked = {JOBS: {"failing": "true"}, MESSAGING: {}}
    replies = await asyncio.gather(
        *(asker.ask(wish.journey, name, path, query=asked[what]) for name, what, path in places)
    )
    merged: dict[tuple[str, Kind], Group] = {}
    for (_, what, _), reply in zip(places, replies, strict=True):
        circle.note(what, reply)
        for told in reply.document if reply.ok else ():
            _add(merged, _group(reply.service, what, told, wish, now))
    items = sorted(merged.values(), key=lambda group: (-group.count, group.fingerprint))
    return model_answer(Groups(items=items, as_of=now, sources=circle.sources()))


def _group(service: str, what: str, told: Mapping[str, Any], wish: Wish, now: datetime) -> Group:
    first_at = datetime.fromisoformat(told["first_at"])
    jobs = what == JOBS
    kind = Kind.SYNC if jobs else Kind(told["source"])
    dead, failing = _counts(told) if jobs else (told["count"], told["failing"])
    return Group(
        fingerprint=job_fingerprint(told) if jobs else told["fingerprint"],
        kind=kind,
        services=[service],
        count=dead,
        failing=failing,
        first_at=first_at,
        last_at=told["last_at"],
        oldest_age_s=max(0, int((now - first_at).total_seconds())),
        example=told["error_code"] if jobs else told["example"],
        actions=_group_actions(kind, wish) if dead else [],
    )


def _counts(told: Mapping[str, Any]) -> tuple[int, int]:
    """A group of jobs is of one state."""
    return (told["count"], 0) if told["state"] in STUCK else (0, told["count"])


_GROUP_ACTIONS: Mapping[Kind, tuple[str, ...]] = {
    Kind.INBOX: ("replay", "discard"),
    Kind.BROKER: ("discard",),
    Kind.OUTBOX: ("replay",),
    Kind.SYNC: ("replay",),
}
"""Jobs are given up one by one."""


def _group_actions(kind: Kind, wish: Wish) -> list[str]:
    needed = Permission.SYNC_REQUEUE if kind is Kind.SYNC else Permission.MESSAGING_OPERATE
    return list(_GROUP_ACTIONS[kind]) if wish.principal.grant(needed) is not None else []


def _add(merged: dict[tuple[str, Kind], Group], group: Group) -> None:
    key = (group.fingerprint, group.kind)
    known = merged.get(key)
    if known is None:
        merged[key] = group
        return
    known.services = sorted({*known.services, *group.services})
    known.count += group.count
    known.failing += group.failing
    known.actions = known.actions or group.actions
    known.first_at, known.last_at = min(known.first_at, group.first_at), max(known.last_at, group.last_at)
    known.oldest_age_s = max(known.oldest_age_s, group.oldest_age_s)
    known.example = known.example or group.example
