"""Asks enrolment who the people are, at the moment of showing; nothing of the answer is kept."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import httpx
import structlog
from pydantic import ValidationError

from libs.contracts.submissions import Roll, RollEntry, RollMatch, RollMatchWish
from libs.errors import Unavailable
from services.attendance.errors import RollUnavailable

log = structlog.get_logger()
PEER = "enrolment"


class Peers(Protocol):
    @property
    def peers(self) -> Mapping[str, httpx.AsyncClient]: ...


async def names_of(runtime: Peers, run_id: UUID, patience: timedelta) -> dict[UUID, RollEntry] | None:
    """Everyone on the run by enrolment; None when enrolment is away, for a sheet works without names too."""
    try:
        answer = await _ask(runtime, "GET", f"/internal/v1/rolls/{run_id}", patience)
        roll = Roll.model_validate_json(answer)
    except (RollUnavailable, ValidationError):
        log.warning("names could not be had", run_id=str(run_id))
        return None
    return {entry.enrolment_id: entry for entry in roll.entries}


async def match_numbers(
    runtime: Peers, run_id: UUID, id_numbers: Sequence[str], patience: timedelta
) -> tuple[UUID | None, ...]:
    """The enrolment each identity number belongs to, in order. Raises RollUnavailable."""
    wish = RollMatchWish(id_numbers=tuple(id_numbers)).model_dump_json()
    answer = await _ask(runtime, "POST", f"/internal/v1/rolls/{run_id}/match", patience, wish)
    try:
        found = RollMatch.model_validate_json(answer).enrolment_ids
    except ValidationError:
        raise RollUnavailable from None
    if len(found) != len(id_numbers):
        raise RollUnavailable
    return found


async def _ask(runtime: Peers, method: str, path: str, patience: timedelta, body: str | None = None) -> bytes:
    peer = runtime.peers.get(PEER)
    if peer is None:
        raise RollUnavailable
    headers = {"Content-Type": "application/json"} if body else None
    try:
        answer = await peer.request(method, path, content=body, headers=headers, timeout=patience.total_seconds())
    except (httpx.HTTPError, Unavailable):
        raise RollUnavailable from None
    if not answer.is_success:
        raise RollUnavailable
    return answer.content
