"""Trainers and assessors."""

from datetime import timedelta
from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.errors import NotFound
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.course.api.doors import (
    TrainerReader,
    VaultOfService,
    masked,
    own_only,
)
from services.course.api.views import trainer_view
from services.course.commands import trainers
from services.course.models.codes import CatalogueStatus, RoleNumber
from services.course.models.trainer import Trainer
from services.course.queries import catalogue
from services.course.schemas.run import MaybeReason
from services.course.schemas.trainer import RevealView, RevealWish, TrainerPatch, TrainerView, TrainerWish

router = Router(prefix="/api/v1/trainers", tags=["trainers"])

SHOWN_FOR = timedelta(seconds=60)


@router.get("")
async def list_trainers(
    uow: Uow,
    caller: TrainerReader,
    vault: VaultOfService,
    paging: PageQuery,
    status: CatalogueStatus | None = None,
    role: RoleNumber | None = None,
) -> Page[TrainerView]:
    """Trainers and assessors in the order they were entered; identity numbers masked."""
    found = await catalogue.list_trainers(
        uow,
        status=status,
        role=role,
        only_user=own_only(caller, Permission.TRAINERS_VIEW),
        after=paging.after_uuid(),
        limit=paging.limit + 1,
    )
    hide = masked(caller, Permission.TRAINERS_VIEW)
    return page([trainer_view(each, vault, hide=hide) for each in found], paging.limit, key=lambda view: view.id)


@router.post("", status_code=201, dependencies=[allow(Permission.TRAINERS_WRITE)])
async def create_trainer(uow: Uow, vault: VaultOfService, wish: TrainerWish, response: Response) -> TrainerView:
    """Enter a person; an identity number or account that is known already is refused."""
    trainer = await trainers.create_trainer(uow, wish, vault)
    response.headers["Location"] = f"/api/v1/trainers/{trainer.id}"
    return _view(trainer, vault, response)


@router.get("/{trainer_id}")
async def get_trainer(
    uow: Uow, caller: TrainerReader, vault: VaultOfService, trainer_id: UUID, response: Response
) -> TrainerView:
    trainer = await uow.get(Trainer, trainer_id)
    if own_only(caller, Permission.TRAINERS_VIEW) not in {None, trainer.user_id}:
        raise NotFound("trainer", trainer_id)
    return _view(trainer, vault, response, hide=masked(caller, Permission.TRAINERS_VIEW))


@router.patch("/{trainer_id}", dependencies=[allow(Permission.TRAINERS_WRITE)])
async def edit_trainer(
    uow: Uow,
    vault: VaultOfService,
    trainer_id: UUID,
    patch: TrainerPatch,
    version: IfMatch,
    response: Response,
) -> TrainerView:
    """Change the fields sent; live runs the person is on are submitted anew where TPGateway hears of it."""
    return _view(await trainers.edit_trainer(uow, trainer_id, patch, version=version, vault=vault), vault, response)


@router.post("/{trainer_id}/retire", dependencies=[allow(Permission.TRAINERS_WRITE)])
async def retire_trainer(
    uow: Uow,
    vault: VaultOfService,
    trainer_id: UUID,
    version: IfMatch,
    response: Response,
    wish: MaybeReason | None = None,
) -> TrainerView:
    """Take no new bookings; refused while planned sessions need the person."""
    return _view(
        await trainers.retire_trainer(uow, trainer_id, wish.reason if wish else None, version=version), vault, response
    )


@router.post("/{trainer_id}/reveal", dependencies=[allow(Permission.TRAINERS_REVEAL)])
@without_idempotency("every reading of an identity number is told as an event of its own")
async def reveal_id_number(
    uow: Uow, vault: VaultOfService, trainer_id: UUID, wish: RevealWish, response: Response
) -> RevealView:
    """The full identity number, for a stated reason; on record, and only so many an hour."""
    number = await trainers.reveal_id_number(uow, trainer_id, wish.reason, vault)
    response.headers["Cache-Control"] = "no-store"
    return RevealView(id_number=number, shown_until=uow.now() + SHOWN_FOR)


def _view(trainer: Trainer, vault: VaultOfService, response: Response, *, hide: bool = False) -> TrainerView:
    etag(response, trainer.version)
    return trainer_view(trainer, vault, hide=hide)
