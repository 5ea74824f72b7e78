"""The claim check: asks a record's owner for what is to be sent, just before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from libs.contracts.submissions import RunSubmission
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.client.owners import Owners, OwnerUnreachable

OWNERS: Final[Mapping[RecordType, str]] = {RecordType.RUN: "course"}


@dataclass(frozen=True, slots=True)
class OwnerAway:
    """It cannot be asked now; nothing was tried at TPGateway, so no attempt is used."""

    code: str


@dataclass(frozen=True, slots=True)
class OwnerUnaware:
    """It knows no such record."""


async def fetch_run(owners: Owners, run_id: UUID) -> RunSubmission | OwnerAway | OwnerUnaware:
    """The run as its owner has it now. Anything but an answer we can read counts as the owner being away."""
    try:
        answer = await owners.ask(OWNERS[RecordType.RUN], f"/internal/v1/submissions/run/{run_id}")
    except OwnerUnreachable as away:
        return OwnerAway(f"owner_{away.message}")
    if answer.status == HTTPStatus.NOT_FOUND:
        return OwnerUnaware()
    if answer.status != HTTPStatus.OK:
        return OwnerAway(f"owner_http_{answer.status}")
    try:
        return RunSubmission.model_validate_json(answer.content)
    except ValidationError:
        return OwnerAway("owner_unreadable")
