"""The views one keeps of one's lists: they follow the person from browser to browser."""

from uuid import UUID

from fastapi import Response

from libs.web.etag import IfMatch, etag
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.auth.api.doors import Me
from services.auth.commands import saved_views
from services.auth.models.saved_view import SavedView, ViewPage
from services.auth.queries.saved_views import list_views
from services.auth.schemas.saved_view import SavedViewPatch, SavedViews, SavedViewView, SavedViewWish

router = Router(prefix="/api/v1/auth/me/views", tags=["me"])


@router.get("")
async def list_own_views(uow: Uow, caller: Me, page: ViewPage | None = None) -> SavedViews:
    """One's own views, by page and name."""
    found = await list_views(uow, caller.subject, page=page)
    return SavedViews(items=[SavedViewView.model_validate(view) for view in found])


@router.post("", status_code=201)
async def create_own_view(uow: Uow, caller: Me, wish: SavedViewWish, response: Response) -> SavedViewView:
    """Keep filters and columns of a page by a name."""
    view = await saved_views.create_view(uow, caller.subject, wish)
    response.headers["Location"] = f"/api/v1/auth/me/views/{view.id}"
    return _shown(view, response)


@router.get("/{view_id}")
async def get_own_view(uow: Uow, caller: Me, view_id: UUID, response: Response) -> SavedViewView:
    return _shown(await saved_views.get_view(uow, caller.subject, view_id), response)


@router.patch("/{view_id}")
async def edit_own_view(
    uow: Uow, caller: Me, view_id: UUID, patch: SavedViewPatch, version: IfMatch, response: Response
) -> SavedViewView:
    """Rename it, or let it hold other filters and columns."""
    return _shown(await saved_views.edit_view(uow, caller.subject, view_id, patch, version=version), response)


@router.delete("/{view_id}", status_code=204)
async def delete_own_view(uow: Uow, caller: Me, view_id: UUID, version: IfMatch) -> None:
    """Keep it no longer."""
    await saved_views.delete_view(uow, caller.subject, view_id, version=version)


def _shown(view: SavedView, response: Response) -> SavedViewView:
    etag(response, view.version)
    return SavedViewView.model_validate(view)
