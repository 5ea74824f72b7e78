"""Asks the owners for their parts of a run's evidence, and audit for its extract and its signature."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, cast
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from libs.contracts.evidence import (
    Attestation,
    AttestationWish,
    EnrolmentsEvidence,
    ExtractWish,
    OwnersEvidence,
    RegisterEvidence,
    ResultsEvidence,
    RunEvidence,
)
from libs.errors import NotFound, Unavailable
from libs.packs.archive import Spool
from services.tpg_sync.errors import EvidenceOwnerAway, EvidenceRefused, NotOnRecordYet

B = TypeVar("B", bound=BaseModel)
O = TypeVar("O", bound=OwnersEvidence)  # noqa: E741 - an owner's
AUDIT = "audit"
_PATH = "/internal/v1/evidence"
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the four owners handed over."""

    run: RunEvidence
    enrolments: EnrolmentsEvidence
    register: RegisterEvidence
    results: ResultsEvidence


class EvidenceDesk:
    """The peers that are asked; each question is given `patience` seconds."""

    def __init__(self, peers: Mapping[str, httpx.AsyncClient], *, patience: float) -> None:
        self._peers = peers
        self._patience = patience

    async def gather(self, run_id: UUID) -> Gathered:
        """All owners at once. Raises NotFound for a run course does not know, EvidenceOwnerAway naming who is away."""
        parts = await asyncio.gather(
            self._ask("course", run_id, RunEvidence),
            self._ask("enrolment", run_id, EnrolmentsEvidence),
            self._ask("attendance", run_id, RegisterEvidence),
            self._ask("assessment", run_id, ResultsEvidence),
            return_exceptions=True,
        )
        for part in parts:
            if isinstance(part, BaseException):
                raise part
        return Gathered(
            *cast("tuple[RunEvidence, EnrolmentsEvidence, RegisterEvidence, ResultsEvidence]", tuple(parts))
        )

    async def extract(self, wish: ExtractWish) -> Spool:
        """Audit's signed pack of these facts, on disk. Raises NotOnRecordYet while audit lacks one of them."""
        spool = Spool()
        try:
            await self._stream(wish, spool)
        except BaseException:
            spool.file.close()
            raise
        return spool

    async def _stream(self, wish: ExtractWish, spool: Spool) -> None:
        try:
            async with self._peer(AUDIT).stream(
                "POST",
                "/internal/v1/audit/extracts",
                content=wish.model_dump_json(),
                headers=_JSON,
                timeout=self._patience,
            ) as answer:
                status = answer.status_code
                async for piece in answer.aiter_bytes():
                    await asyncio.to_thread(spool.write, piece)
        except (httpx.HTTPError, Unavailable):
            raise EvidenceOwnerAway(AUDIT) from None
        if status != HTTPStatus.OK:
            spool.file.seek(0)
            raise _refused(status, spool.file.read())

    async def attest(self, wish: AttestationWish) -> Attestation:
        """Audit's signature for a document."""
        answer = await self._send(AUDIT, "POST", "/internal/v1/audit/attestations", content=wish.model_dump_json())
        if answer.status_code != HTTPStatus.OK:
            raise _refused(answer.status_code, answer.content)
        return _read(AUDIT, answer.content, Attestation)

    async def _ask(self, owner: str, run_id: UUID, model: type[O]) -> O:
        answer = await self._send(owner, "GET", f"{_PATH}/{run_id}")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise NotFound("course run", run_id)
        if answer.status_code != HTTPStatus.OK:
            raise EvidenceOwnerAway(owner)
        return _read(owner, answer.content, model)

    async def _send(self, owner: str, method: str, path: str, **words: Any) -> httpx.Response:
        headers = _JSON if "content" in words else None
        try:
            return await self._peer(owner).request(method, path, headers=headers, timeout=self._patience, **words)
        except (httpx.HTTPError, Unavailable):
            raise EvidenceOwnerAway(owner) from None

    def _peer(self, owner: str) -> httpx.AsyncClient:
        if owner not in self._peers:
            raise EvidenceOwnerAway(owner)
        return self._peers[owner]


def _read(owner: str, content: bytes, model: type[B]) -> B:
    try:
        return model.model_validate_json(content)
    except ValidationError:
        raise EvidenceOwnerAway(owner) from None


def _refused(status: int, content: bytes) -> Exception:
    """What audit's refusal means for who wanted the pack; its problems speak of records by id alone."""
    problem = _Problem()
    try:
        problem = _Problem.model_validate_json(content)
    except ValidationError:
        return EvidenceOwnerAway(AUDIT)
    if status == HTTPStatus.SERVICE_UNAVAILABLE and problem.code in {"entries_not_heard", "audit_key_replaced"}:
        return NotOnRecordYet(problem.detail)
    if status in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
        return EvidenceRefused(problem.detail)
    return EvidenceOwnerAway(AUDIT)


class _Problem(BaseModel):
    code: str = ""
    detail: str = ""
