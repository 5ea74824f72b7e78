"""Views people keep of their lists. Nobody else hears of them, so no event tells: they change no business record."""

from uuid import UUID

from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Duplicate, NotFound, Refused
from services.auth.errors import TooManyViews
from services.auth.models.saved_view import SavedView
from services.auth.models.user import User
from services.auth.queries.saved_views import count_views
from services.auth.schemas.saved_view import SavedViewPatch, SavedViewWish

MOST = 50
"""Views of one person, over all pages."""


async def create_view(uow: UnitOfWork, user_id: UUID, wish: SavedViewWish) -> SavedView:
    """Keep a view. Raises Duplicate for a name the page has, TooManyViews, and NotFound for who is no person."""
    await uow.get(User, user_id, for_update=True)  # two at once are counted one after the other
    if await count_views(uow, user_id) >= MOST:
        raise TooManyViews(MOST)
    view = SavedView(**lineage(uow), user_id=user_id, **wish.model_dump())
    async with refusing(uow, _unique()):
        uow.add(view)
    return view


async def edit_view(uow: UnitOfWork, user_id: UUID, view_id: UUID, patch: SavedViewPatch, *, version: int) -> SavedView:
    """Another name, or other filters and columns."""
    view = await _own(uow, user_id, view_id, version)
    async with refusing(uow, _unique()):
        for field, value in patch.model_dump(exclude_unset=True).items():
            setattr(view, field, value)
        view.touch(uow)
    return view


async def delete_view(uow: UnitOfWork, user_id: UUID, view_id: UUID, *, version: int) -> None:
    await uow.session.delete(await _own(uow, user_id, view_id, version))


async def get_view(uow: UnitOfWork, user_id: UUID, view_id: UUID, *, for_update: bool = False) -> SavedView:
    """One's own view; another person's is not there."""
    view = await uow.get(SavedView, view_id, for_update=for_update)
    if view.user_id != user_id:
        raise NotFound("saved view", view_id)
    return view


async def _own(uow: UnitOfWork, user_id: UUID, view_id: UUID, version: int) -> SavedView:
    view = await get_view(uow, user_id, view_id, for_update=True)
    view.expect(version)
    return view


def _unique() -> dict[str, Refused]:
    return {"saved_view_name_key": Duplicate("view", "name")}
