"""Service clients: other systems that ask for tokens of their own."""

from datetime import timedelta
from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.auth.api.doors import AtDesk
from services.auth.commands import clients
from services.auth.models.client import Client, ClientStatus
from services.auth.queries.clients import list_clients
from services.auth.schemas.client import ClientPatch, ClientSecretView, ClientView, ClientWish, RotateWish
from services.auth.schemas.user import MaybeWhy, WhyWish

router = Router(prefix="/api/v1/auth/clients", tags=["clients"])

VIEW = [allow(Permission.CLIENTS_VIEW)]
WRITE = [allow(Permission.CLIENTS_WRITE)]


@router.get("", dependencies=VIEW)
async def show_clients(uow: Uow, paging: PageQuery, status: ClientStatus | None = None) -> Page[ClientView]:
    """Clients in the order they were made."""
    found = await list_clients(uow, status=status, after=paging.after_uuid(), limit=paging.limit + 1)
    return page([ClientView.model_validate(each) for each in found], paging.limit, key=lambda view: view.id)


@router.post("", status_code=201, dependencies=WRITE)
@without_idempotency("its answer holds a secret that is shown once; a repeat is refused by the name")
async def create_client(uow: Uow, desk: AtDesk, wish: ClientWish, response: Response) -> ClientSecretView:
    """A new client; its secret is shown in this answer and never again."""
    client, secret = await clients.create_client(uow, desk.vault, wish)
    response.headers["Location"] = f"/api/v1/auth/clients/{client.id}"
    return _with_secret(client, secret, response)


@router.get("/{client_id}", dependencies=VIEW)
async def get_client(uow: Uow, client_id: UUID, response: Response) -> ClientView:
    return _shown(await uow.get(Client, client_id), response)


@router.patch("/{client_id}", dependencies=WRITE)
async def edit_client(
    uow: Uow, client_id: UUID, patch: ClientPatch, version: IfMatch, response: Response
) -> ClientView:
    """Change name or scopes; the next token has them."""
    return _shown(await clients.edit_client(uow, client_id, patch, version=version), response)


@router.post("/{client_id}/rotate-secret", dependencies=WRITE)
@without_idempotency("its answer holds a secret that is shown once; a repeat is refused by If-Match")
async def rotate_secret(
    uow: Uow, desk: AtDesk, client_id: UUID, version: IfMatch, response: Response, wish: RotateWish | None = None
) -> ClientSecretView:
    """A new secret. The one so far works on for a while, unless it is ended immediately."""
    wish = wish or RotateWish()
    overlap = timedelta() if wish.immediately else desk.settings.secret_overlap
    client, secret = await clients.rotate_secret(
        uow, desk.vault, client_id, version=version, overlap=overlap, reason=wish.reason
    )
    return _with_secret(client, secret, response)


@router.post("/{client_id}/disable", dependencies=WRITE)
async def disable_client(uow: Uow, client_id: UUID, wish: WhyWish, version: IfMatch, response: Response) -> ClientView:
    """No more tokens for it; those already out end within minutes."""
    return _shown(await clients.disable_client(uow, client_id, wish.reason, version=version), response)


@router.post("/{client_id}/enable", dependencies=WRITE)
async def enable_client(
    uow: Uow, client_id: UUID, version: IfMatch, response: Response, wish: MaybeWhy | None = None
) -> ClientView:
    """Let a disabled client have tokens again."""
    reason = wish.reason if wish else None
    return _shown(await clients.enable_client(uow, client_id, reason, version=version), response)


def _shown(client: Client, response: Response) -> ClientView:
    etag(response, client.version)
    return ClientView.model_validate(client)


def _with_secret(client: Client, secret: str, response: Response) -> ClientSecretView:
    response.headers["Cache-Control"] = "no-store"
    return ClientSecretView(client=_shown(client, response), secret=secret)
