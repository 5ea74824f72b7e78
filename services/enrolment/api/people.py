"""Trainees. Identity numbers stand in no address: whoever looks for one sends it in a body."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from libs.access.permissions import Permission
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import TraineeReader, TraineeWriter, VaultOfService, masked, own_only
from services.enrolment.api.views import trainee_view, trainee_views
from services.enrolment.commands import trainees
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.trainees import find_alike, get_trainee, list_trainees
from services.enrolment.schemas.person import (
    MergeWish,
    RevealView,
    RevealWish,
    TraineeEntered,
    TraineePatch,
    TraineeSearch,
    TraineeView,
    TraineeWish,
)

router = Router(prefix="/api/v1/trainees", tags=["trainees"])

SHOWN_FOR = timedelta(seconds=60)


@router.get("")
async def list_people(
    uow: Uow,
    caller: TraineeReader,
    vault: VaultOfService,
    paging: PageQuery,
    run_id: UUID | None = None,
    *,
    erasable: Annotated[bool, Query(description="Only whose retention is over and of whom nothing stands.")] = False,
) -> Page[TraineeView]:
    """Trainees in the order they were entered; identity numbers masked, merged records left out."""
    found = await list_trainees(
        uow,
        run_id=run_id,
        only_user=own_only(caller, Permission.TRAINEES_VIEW),
        after=paging.after_uuid(),
        limit=paging.limit + 1,
        erasable=erasable,
    )
    hide = masked(caller, Permission.TRAINEES_VIEW)
    return page(await trainee_views(found, vault, hide=hide), paging.limit, key=lambda view: view.id)


@router.post("", status_code=201)
async def create_person(
    uow: Uow, caller: TraineeWriter, vault: VaultOfService, wish: TraineeWish, response: Response
) -> TraineeEntered:
    """Enter a person; one whose identity number is known is refused, one who looks alike is pointed out."""
    trainee = await trainees.create_trainee(uow, wish, vault)
    response.headers["Location"] = f"/api/v1/trainees/{trainee.id}"
    return await _entered(uow, trainee, vault, response, hide=masked(caller, Permission.TRAINEES_VIEW))


@router.post("/search")
@without_idempotency("it changes nothing; each finding is told as an event of its own")
async def search_people(
    uow: Uow, caller: TraineeReader, vault: VaultOfService, wish: TraineeSearch, response: Response
) -> list[TraineeView]:
    """People of whom all this is known, found by exact match without opening anything; on record."""
    response.headers["Cache-Control"] = "no-store"
    found = await trainees.look_up(uow, wish, vault, only_user=own_only(caller, Permission.TRAINEES_VIEW))
    hide = masked(caller, Permission.TRAINEES_VIEW)
    return await trainee_views(found, vault, hide=hide)


@router.get("/{trainee_id}")
async def get_person(
    uow: Uow, caller: TraineeReader, vault: VaultOfService, trainee_id: UUID, response: Response
) -> TraineeView:
    trainee = await get_trainee(uow, trainee_id, only_user=own_only(caller, Permission.TRAINEES_VIEW))
    etag(response, trainee.version)
    return await trainee_view(trainee, vault, hide=masked(caller, Permission.TRAINEES_VIEW))


@router.patch("/{trainee_id}")
async def change_person(
    uow: Uow,
    caller: TraineeWriter,
    vault: VaultOfService,
    trainee_id: UUID,
    patch: TraineePatch,
    version: IfMatch,
    response: Response,
) -> TraineeEntered:
    """Change the fields sent. Another identity makes confirmed enrolments anew; another contact updates them."""
    trainee = await trainees.change_trainee(uow, trainee_id, patch, version=version, vault=vault)
    return await _entered(uow, trainee, vault, response, hide=masked(caller, Permission.TRAINEES_VIEW))


@router.post("/{trainee_id}/merge")
async def merge_person(
    uow: Uow,
    caller: TraineeWriter,
    vault: VaultOfService,
    trainee_id: UUID,
    wish: MergeWish,
    version: IfMatch,
    response: Response,
) -> TraineeView:
    """Two records are one person: this one lives on as `into_id`. Refused while both have a place on one run."""
    trainee = await trainees.merge(uow, trainee_id, wish, version=version, vault=vault)
    etag(response, trainee.version)
    return await trainee_view(trainee, vault, hide=masked(caller, Permission.TRAINEES_VIEW))


@router.post("/{trainee_id}/reveal", dependencies=[allow(Permission.TRAINEES_REVEAL)])
@without_idempotency("every reading of an identity number is told as an event of its own")
async def reveal_id_number(
    uow: Uow, vault: VaultOfService, trainee_id: UUID, wish: RevealWish, response: Response
) -> RevealView:
    """The full identity number, for a stated reason; on record, and only so many an hour."""
    number = await trainees.reveal_id_number(uow, trainee_id, wish.reason, vault)
    response.headers["Cache-Control"] = "no-store"
    return RevealView(id_number=number, shown_until=uow.now() + SHOWN_FOR)


async def _entered(
    uow: UnitOfWork, trainee: Trainee, vault: PersonalVault, response: Response, *, hide: bool
) -> TraineeEntered:
    etag(response, trainee.version)
    view = await trainee_view(trainee, vault, hide=hide)
    return TraineeEntered(**view.model_dump(), warnings=await find_alike(uow, trainee))
