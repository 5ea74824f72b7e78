"""What a person decides about dead letters, carried to the services that have them; each audits its own part."""

import asyncio
import hashlib
from collections.abc import Awaitable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from gateway.answers import Answer, model_answer
from gateway.asking import Asker, Reply
from gateway.dead_letters.kinds import Kind
from gateway.dead_letters.letters import STUCK, SYNC, LetterId, job_filter
from gateway.dead_letters.sources import JOBS_PATH, LETTERS_PATH
from gateway.doors import Wish
from libs.access.permissions import Permission
from libs.errors import FieldError, Invalid
from libs.web.body import Body
from libs.web.reason import Reason

MOST = 500
AT_ONCE = 8
PROGRESS = "/api/v1/dead-letters/replays"


class Choice(Body):
    """Which letters: by id, or all that match, of every service or of one."""

    ids: list[Annotated[str, Field(max_length=400)]] | None = Field(default=None, min_length=1, max_length=MOST)
    fingerprint: str | None = Field(default=None, max_length=500)
    type: str | None = Field(default=None, max_length=150)
    """An event's type and version; leaves sync jobs out."""
    aggid: UUID | None = None
    """The record they are about."""
    service: str | None = Field(default=None, max_length=40)
    """Only this service's; without anything else, all of them."""
    until: AwareDatetime | None = None
    """Only what was dead by then: `as_of` of the list that was seen, so that nothing is meant that came since."""
    dry_run: bool = False
    """Only count."""
    reason: Reason


class ReplayWish(Choice):
    """Try dead letters again, in the service where they died and nowhere else."""

    rate_per_s: float = Field(default=20, gt=0, le=1000)
    """For messages; tpg-sync keeps its own pace towards TPGateway."""


class DiscardWish(Choice):
    """Give dead letters up."""

    skip: bool = False
    """Let later events of the same records go on without these; an administrator's to decide."""


class CancelWish(Body):
    """Call back replayed messages that were not tried yet."""

    fingerprint: str | None = Field(default=None, max_length=500)
    service: str | None = Field(default=None, max_length=40)
    reason: Reason


class Part(BaseModel):
    """What one service did."""

    service: str
    kind: str
    ok: bool
    count: int
    id: str | None = None
    """The letter, where letters are decided one by one."""
    error: dict[str, Any] | None = None


class Decided(BaseModel):
    """What was done, part by part: a part that failed changed nothing and can be repeated."""

    dry_run: bool
    count: int
    parts: list[Part]
    progress: str | None = None
    """Where to see how a replay fares."""


Deed = Awaitable[Part]


class Desk:
    """Carries one decision out."""

    def __init__(self, asker: Asker, wish: Wish) -> None:
        self._asker = asker
        self._wish = wish
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def replay(self) -> Answer:
        """`POST /dead-letters/replay`."""
        wanted = await self._wish.body(ReplayWish)
        common = {"dry_run": wanted.dry_run, "reason": wanted.reason, "rate_per_s": wanted.rate_per_s}
        deeds: list[Deed] = []
        for service, kind, keys in self._named(wanted):
            if kind is Kind.SYNC:
                deeds += [self._job("requeue", key, wanted) for key in keys]
            elif kind is Kind.BROKER:
                raise _cannot("What the broker gave up is no event: it can only be discarded.")
            else:
                body = {**common, "event_ids": _event_ids(keys), "source": kind.value}
                deeds.append(self._message(service, kind.value, "replay", body))
        if wanted.ids is None:
            deeds += self._alike(wanted, "replay", common)
        return await self._carry_out(deeds, dry_run=wanted.dry_run, progress=PROGRESS)

    async def discard(self) -> Answer:
        """`POST /dead-letters/discard`."""
        wanted = await self._wish.body(DiscardWish)
        common = {"dry_run": wanted.dry_run, "reason": wanted.reason, "skip": wanted.skip}
        deeds: list[Deed] = []
        for service, kind, keys in self._named(wanted):
            if kind is Kind.SYNC:
                deeds += [self._job("discard", key, wanted) for key in keys]
            elif kind is Kind.OUTBOX:
                raise _cannot("An event of ours that the broker refuses is a fact: it can be replayed, never given up.")
            elif kind is Kind.BROKER:
                body = {**common, "broker_ids": _numbers(keys)}
                deeds.append(self._message(service, kind.value, "discard", body))
            else:
                body = {**common, "event_ids": _event_ids(keys)}
                deeds.append(self._message(service, kind.value, "discard", body))
        if wanted.ids is None:
            if job_filter(wanted.fingerprint or "") is not None:
                raise _cannot("Sync jobs are given up one by one, by their ids.", "fingerprint")
            deeds += self._alike(wanted, "discard", common)
        return await self._carry_out(deeds, dry_run=wanted.dry_run)

    async def cancel(self) -> Answer:
        """`POST /dead-letters/replay/cancel`."""
        wanted = await self._wish.body(CancelWish)
        body = {"reason": wanted.reason, **({"fingerprint": wanted.fingerprint} if wanted.fingerprint else {})}
        services = self._concerned(wanted.fingerprint, wanted.service)
        deeds: list[Deed] = [self._message(name, Kind.INBOX.value, "replay/cancel", body) for name in services]
        return await self._carry_out(deeds, dry_run=False)

    def _named(self, wanted: Choice) -> Sequence[tuple[str, Kind, list[str]]]:
        """The keys of the letters that are named, by service and kind. Raises Invalid, NotFound."""
        limits = (wanted.fingerprint, wanted.type, wanted.aggid, wanted.service)
        if (wanted.ids is None) == all(limit is None for limit in limits):
            raise _cannot("Choose letters by their ids, or by what they have in common, and not by both.")
        found: dict[tuple[str, Kind], list[str]] = {}
        for word in dict.fromkeys(wanted.ids or ()):
            letter_id = LetterId.read(word)
            found.setdefault((letter_id.service, letter_id.kind), []).append(letter_id.key)
        return [(service, kind, keys) for (service, kind), keys in sorted(found.items())]

    def _alike(self, wanted: Choice, act: str, common: Mapping[str, Any]) -> list[Deed]:
        """All that match: messages in each service concerned, and sync jobs where they can be meant."""
        alike = job_filter(wanted.fingerprint or "")
        if alike is not None:
            return [self._jobs(alike, wanted)]
        until = wanted.until.isoformat() if wanted.until else None
        aggid = str(wanted.aggid) if wanted.aggid else None
        limits = {"fingerprint": wanted.fingerprint, "type": wanted.type, "aggid": aggid, "until": until}
        given = {name: value for name, value in limits.items() if value is not None}
        body = {**common, **given, **({} if given.keys() - {"until"} else {"everything": True})}
        deeds: list[Deed] = []
        if self._may_operate or not self._means_jobs(wanted, act):
            names = self._concerned(wanted.fingerprint, wanted.service)
            deeds += [self._message(name, MESSAGE_PART, act, body) for name in names]
        if self._means_jobs(wanted, act):
            deeds.append(self._jobs({"record_id": aggid} if aggid else {}, wanted))
        return deeds

    def _means_jobs(self, wanted: Choice, act: str) -> bool:
        """Jobs are given up one by one only, and have neither a message's fingerprint nor its type."""
        of_messages = wanted.fingerprint is not None or wanted.type is not None
        may_act = self._wish.principal.grant(Permission.SYNC_REQUEUE) is not None
        return act == "replay" and not of_messages and wanted.service in {None, SYNC} and may_act

    @property
    def _may_operate(self) -> bool:
        return self._wish.principal.grant(Permission.MESSAGING_OPERATE) is not None

    def _concerned(self, fingerprint: str | None, service: str | None) -> Sequence[str]:
        """A consumer's fingerprint begins with its name; of the others any service may have some.

        Who may not operate messaging asks one service only, which refuses and keeps it on record.
        """
        names = [name for name in self._asker.services if service in {None, name}]
        if not names:
            raise _cannot("No service has this name.", "service")
        owner = (fingerprint or "").partition("|")[0]
        names = [owner] if owner in names else names
        return names if self._may_operate else names[:1]

    async def _message(self, service: str, kind: str, act: str, body: Mapping[str, Any]) -> Part:
        reply = await self._post(service, f"{LETTERS_PATH}/{act}", body, about=f"{kind}:{act}")
        count = int(reply.document["count"]) if reply.ok else 0
        return _part(reply, kind, count)

    async def _jobs(self, alike: Mapping[str, str], wanted: Choice) -> Part:
        frozen = {"finished_until": wanted.until.isoformat()} if wanted.until else {}
        body = {"filter": {**alike, **frozen}, "dry_run": wanted.dry_run, "reason": wanted.reason}
        reply = await self._post(SYNC, f"{JOBS_PATH}/requeue", body, about="jobs:requeue")
        told = reply.document if reply.ok else {}
        return _part(reply, Kind.SYNC.value, int(told.get("matching" if wanted.dry_run else "requeued", 0)))

    async def _job(self, act: str, key: str, wanted: Choice) -> Part:
        """One job as it stands now: what changes meanwhile is refused by its version."""
        word = str(LetterId(service=SYNC, kind=Kind.SYNC, key=key))
        async with self._turns:
            seen = await self._asker.ask(self._wish.journey, SYNC, f"{JOBS_PATH}/{key}")
        if not seen.ok:
            return _part(seen, Kind.SYNC.value, 0, word)
        if seen.document["state"] not in STUCK:
            detail = f"The job is {seen.document['state']}: it waits for nobody."
            moved = Reply(SYNC, HTTPStatus.CONFLICT, {"code": "not_dead", "detail": detail})
            return _part(moved, Kind.SYNC.value, 0, word)
        if wanted.dry_run:
            return _part(seen, Kind.SYNC.value, 1, word)
        reply = await self._post(
            SYNC, f"{JOBS_PATH}/{key}/{act}", {"reason": wanted.reason}, about=act, version=seen.etag
        )
        return _part(reply, Kind.SYNC.value, int(reply.ok), word)

    async def _post(
        self, service: str, path: str, body: Mapping[str, Any], *, about: str, version: str | None = None
    ) -> Reply:
        """One change, under a key derived from the caller's: a repeat of the whole is answered as the first time."""
        headers = {"If-Match": version} if version else {}
        key = self._wish.header(b"idempotency-key")
        if key is not None:
            headers["Idempotency-Key"] = hashlib.sha256(f"{key}|{path}|{about}".encode()).hexdigest()
        async with self._turns:
            return await self._asker.ask(self._wish.journey, service, path, body=body, headers=headers)

    async def _carry_out(self, deeds: Sequence[Deed], *, dry_run: bool, progress: str | None = None) -> Answer:
        parts = await asyncio.gather(*deeds)
        decided = Decided(
            dry_run=dry_run,
            count=sum(part.count for part in parts),
            parts=list(parts),
            progress=None if dry_run else progress,
        )
        return model_answer(decided, _status(parts))


MESSAGE_PART = "message"


def _status(parts: Sequence[Part]) -> int:
    """200 when any part was done; when none was, the status they failed with."""
    failed = [part.error["status"] for part in parts if part.error is not None]
    return max(failed) if failed and len(failed) == len(parts) else HTTPStatus.OK


def _part(reply: Reply, kind: str, count: int, word: str | None = None) -> Part:
    error = None if reply.ok else reply.error
    return Part(service=reply.service, kind=kind, ok=reply.ok, count=count, id=word, error=error)


def _event_ids(keys: Sequence[str]) -> list[str]:
    try:
        return [str(UUID(key)) for key in keys]
    except ValueError:
        raise _cannot("One of the ids is none of ours.") from None


def _numbers(keys: Sequence[str]) -> list[int]:
    if not all(key.isascii() and key.isdigit() for key in keys):
        raise _cannot("One of the ids is none of ours.")
    return [int(key) for key in keys]


def _cannot(message: str, field: str = "ids") -> Invalid:
    fix = "Take ids, fingerprints and allowed actions from GET /api/v1/dead-letters."
    return Invalid(message, [FieldError(field, "not_possible", message, fix)])
