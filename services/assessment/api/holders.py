"""Whose certificate it is: asked of enrolment at the moment of printing, and kept nowhere."""

from typing import Any
from uuid import UUID

import httpx
from pydantic import ValidationError

from libs.chassis.runtime import Runtime
from libs.contracts.submissions import Roll
from libs.errors import Unavailable
from libs.privacy.vault import Erased
from services.assessment.errors import NameUnknown

OWNER = "enrolment"


async def holder_name(runtime: Runtime[Any], run_id: UUID, enrolment_id: UUID) -> str:
    """The full name as on the identity document.

    Raises Unavailable while enrolment is away, NameUnknown without one, Erased for one nobody knows any more.
    Neither the answer nor what was wrong with it is repeated in an error: it holds names.
    """
    roll = await _roll(runtime, run_id)
    for entry in roll.entries:
        if entry.enrolment_id == enrolment_id:
            if entry.erased:
                raise Erased(enrolment_id)
            return entry.full_name
    raise NameUnknown(enrolment_id)


async def _roll(runtime: Runtime[Any], run_id: UUID) -> Roll:
    peer = runtime.peers.get(OWNER)
    if peer is None:
        raise Unavailable("The enrolment service is not known here.")
    try:
        answer = await peer.get(f"/internal/v1/rolls/{run_id}")
    except httpx.HTTPError:
        raise Unavailable("The enrolment service is away for the moment.") from None
    if answer.status_code == httpx.codes.NOT_FOUND:
        return Roll(run_id=run_id)
    if answer.status_code != httpx.codes.OK:
        raise Unavailable(f"The enrolment service did not give the roll ({answer.status_code}).")
    try:
        return Roll.model_validate_json(answer.content)
    except ValidationError:
        raise Unavailable("The enrolment service gave a roll that cannot be read.") from None
