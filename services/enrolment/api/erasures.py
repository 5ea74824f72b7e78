"""The end of what is known of a person: asked for by one administrator, agreed to by another, and never undone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from fastapi import Response

from libs.contracts.submissions import Dues
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Unavailable
from libs.web.etag import IfMatch, etag
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import Eraser, RuntimeOfService, VaultOfService
from services.enrolment.client import dues_of
from services.enrolment.commands import erasing
from services.enrolment.models.erasure import KEEPERS, OWN, Erasure
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.retention import copies_of, erasure_of, family_of, standing_of
from services.enrolment.queries.trainees import get_trainee
from services.enrolment.schemas.erasure import CopyView, ErasureState, ErasureView, ErasureWish, Obstacle

router = Router(prefix="/api/v1/trainees", tags=["trainees"])


@router.get("/{trainee_id}/erasure")
async def get_erasure(
    uow: Uow,
    caller: Eraser,  # noqa: ARG001 - opens the door
    runtime: RuntimeOfService,
    trainee_id: UUID,
    response: Response,
) -> ErasureView:
    """Whether the person may be erased, what stands in the way, and how far it is done in each service."""
    trainee = await get_trainee(uow, trainee_id)
    etag(response, trainee.version)
    if trainee.erased:
        return await _view(uow, trainee, [])
    try:
        dues = await _dues(uow, runtime, trainee_id)
    except Unavailable as away:
        return await _view(uow, trainee, [Obstacle(code="dues_unknown", message=away.message)])
    found = erasing.obstacles_of(await standing_of(uow, await family_of(uow, trainee_id)), dues, uow.now())
    return await _view(uow, trainee, [Obstacle(code=code, message=words) for code, words in found])


@router.post("/{trainee_id}/erase")
async def erase_person(
    uow: Uow,
    caller: Eraser,  # noqa: ARG001 - as above
    runtime: RuntimeOfService,
    vault: VaultOfService,
    trainee_id: UUID,
    wish: ErasureWish,
    version: IfMatch,
    response: Response,
) -> ErasureView:
    """Ask for it (202), or agree to what another administrator asked (200): then nobody reads the person's data again.

    Refused with every obstacle and the day while anything of the person stands, or retention is not over.
    """
    trainee = await get_trainee(uow, trainee_id)
    dues = NOTHING if trainee.erased else await _dues(uow, runtime, trainee_id)
    trainee = await erasing.erase(uow, trainee_id, wish.reason, dues, vault, version=version)
    await uow.session.flush()
    etag(response, trainee.version)
    response.status_code = 200 if trainee.erased else 202
    return await _view(uow, trainee, [])


@router.post("/{trainee_id}/erase/decline")
async def decline_erasure(
    uow: Uow,
    caller: Eraser,  # noqa: ARG001 - as above
    trainee_id: UUID,
    wish: ErasureWish,
    version: IfMatch,
    response: Response,
) -> ErasureView:
    """The data stay: for another administrator to say, or for who asked and thinks better of it."""
    trainee = await erasing.decline(uow, trainee_id, wish.reason, version=version)
    await uow.session.flush()
    etag(response, trainee.version)
    return await _view(uow, trainee, [])


NOTHING = Dues(open_jobs=0, open_discrepancies=0, open_obligations=0)


async def _dues(uow: UnitOfWork, runtime: RuntimeOfService, trainee_id: UUID) -> Dues:
    """Asked before anything is locked."""
    enrolment_ids, run_ids = await erasing.places_of(uow, trainee_id)
    return await dues_of(runtime, enrolment_ids, run_ids, runtime.settings.dues_patience)


async def _view(uow: UnitOfWork, trainee: Trainee, obstacles: list[Obstacle]) -> ErasureView:
    family = await family_of(uow, trainee.id)
    asked = await erasure_of(uow, trainee.id)
    copies = _copies(await copies_of(uow, family)) if trainee.erased else []
    standing = None if trainee.erased else await standing_of(uow, family)
    return ErasureView(
        trainee_id=trainee.id,
        version=trainee.version,
        state=_state(trainee, asked, copies),
        trainee_ids=family,
        kept_until=standing.kept_until if standing else None,
        policy_version=standing.policy.number if standing else asked.policy_version if asked else None,
        obstacles=obstacles,
        copies=copies,
        **_said(asked),
    )


def _said(asked: Erasure | None) -> dict[str, str | datetime | None]:
    names = ("asked_at", "asked_by", "reason", "agreed_at", "agreed_by")
    return {} if asked is None else {name: getattr(asked, name) for name in names}


def _state(trainee: Trainee, asked: Erasure | None, copies: Collection[CopyView]) -> ErasureState:
    if not trainee.erased:
        return ErasureState.NONE if asked is None else ErasureState.ASKED
    everywhere = all(copy.erased_at is not None for copy in copies)
    return ErasureState.ERASED_EVERYWHERE if everywhere else ErasureState.ERASED


def _copies(said: Mapping[UUID, Mapping[str, datetime]]) -> list[CopyView]:
    """A service has destroyed what it kept of the person when it has for every record of theirs."""
    views = []
    for service in (OWN, *KEEPERS):
        times = [of_record.get(service) for of_record in said.values()]
        known = [time for time in times if time is not None]
        views.append(CopyView(service=service, erased_at=max(known) if len(known) == len(times) else None))
    return views
