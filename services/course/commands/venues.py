from uuid import UUID

from libs.database.changes import apply
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from services.course.errors import InUse
from services.course.models.run import LIVE
from services.course.models.venue import Venue
from services.course.queries.catalogue import count_planned_at
from services.course.queries.runs import ids_held_at, lock_runs
from services.course.schemas.venue import VenuePatch, VenueWish

ONLY_OURS = frozenset({"name", "capacity"})
"""Fields TPGateway never hears of."""


async def create_venue(uow: UnitOfWork, wish: VenueWish) -> Venue:
    venue = Venue(**lineage(uow), **wish.model_dump())
    uow.add(venue)
    uow.emit(venue.created())
    return venue


async def edit_venue(uow: UnitOfWork, venue_id: UUID, patch: VenuePatch, *, version: int) -> Venue:
    """Change the fields sent; live runs held there are owed to TPGateway anew."""
    runs = await lock_runs(uow, await ids_held_at(uow, venue_id, LIVE))
    venue = await uow.get(Venue, venue_id, for_update=True)
    venue.expect(version)
    changes = apply(venue, patch.model_dump(exclude_unset=True))
    if not changes:
        return venue
    venue.touch(uow)
    uow.emit(venue.changed(changes))
    if {change.field for change in changes} - ONLY_OURS:
        for run in runs:
            run.touch(uow)
            uow.emit(run.parts_changed("venue"))
    return venue


async def retire_venue(uow: UnitOfWork, venue_id: UUID, reason: str | None, *, version: int) -> Venue:
    """No new bookings. Raises InUse while planned sessions need the room."""
    venue = await uow.get(Venue, venue_id, for_update=True)
    venue.expect(version)
    if needed := await count_planned_at(uow, venue_id):
        raise InUse("venue", venue_id, needed)
    venue.touch(uow)
    uow.emit(venue.retire(reason))
    return venue
