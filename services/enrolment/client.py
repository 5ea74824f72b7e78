"""Asks tpg-sync what is still owed of a person, before anything of them is erased."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import httpx
import structlog
from pydantic import ValidationError

from libs.contracts.submissions import Dues, DuesWish
from libs.errors import Unavailable

log = structlog.get_logger()
PEER = "tpg-sync"


class Peers(Protocol):
    @property
    def peers(self) -> Mapping[str, httpx.AsyncClient]: ...


async def dues_of(
    runtime: Peers, enrolment_ids: Collection[UUID], run_ids: Collection[UUID], patience: timedelta
) -> Dues:
    """What stands there of these enrolments. Raises Unavailable: who cannot be asked has not said that nothing does."""
    if not enrolment_ids:
        return Dues(open_jobs=0, open_discrepancies=0, open_obligations=0)
    peer = runtime.peers.get(PEER)
    if peer is None:
        raise Unavailable("tpg-sync is not known here.")
    wish = DuesWish(enrolment_ids=tuple(enrolment_ids), run_ids=tuple(run_ids)).model_dump_json()
    headers = {"Content-Type": "application/json"}
    try:
        answer = await peer.post("/internal/v1/dues", content=wish, headers=headers, timeout=patience.total_seconds())
    except (httpx.HTTPError, Unavailable):
        raise Unavailable("tpg-sync is away for the moment.") from None
    if not answer.is_success:
        log.warning("dues could not be had", status=answer.status_code)
        raise Unavailable(f"tpg-sync did not say what is owed ({answer.status_code}).")
    try:
        return Dues.model_validate_json(answer.content)
    except ValidationError:
        raise Unavailable("tpg-sync gave an answer that cannot be read.") from None
