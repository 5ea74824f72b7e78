"""Who saw whom: the questions of the first hour after a breach."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AwareDatetime

from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.audit.api.doors import Desk, Reader, scope_of
from services.audit.errors import WindowReversed
from services.audit.models.reading import WITHOUT_PEOPLE
from services.audit.queries.reads import MOST, Window, count_persons, list_actors, list_bulk_reads, list_persons
from services.audit.schemas.reads import ActorReads, BulkRead, PersonRead, ReadsView

router = Router(prefix="/api/v1/audit/reads", tags=["audit"])
_NOBODY = ""


def _window(
    caller: Reader,
    from_at: AwareDatetime,
    to_at: AwareDatetime,
    actor_id: Annotated[str | None, Query(max_length=40)] = None,
    subject_id: UUID | None = None,
) -> Window:
    """The window asked for; who may not read all of the log learns of their own reads only."""
    if to_at <= from_at:
        raise WindowReversed
    own = scope_of(caller)
    if own is not None:
        actor_id = own if actor_id in (None, own) else _NOBODY
    return Window(from_at=from_at, to_at=to_at, actor_id=actor_id, subject_id=subject_id)


Asked = Annotated[Window, Depends(_window)]


@router.get("")
async def show_reads(uow: Uow, desk: Desk, window: Asked) -> ReadsView:
    """How many persons' data was read in a window of time, by whom, and which lists were taken."""
    reads, persons = await count_persons(uow, window)
    bulk = [BulkRead.model_validate(one) for one in await list_bulk_reads(uow, window)]
    at_most, threshold = _at_most(persons, bulk), desk.settings.breach_threshold
    return ReadsView(
        from_at=window.from_at,
        to_at=window.to_at,
        reads=reads,
        persons=persons,
        persons_at_most=at_most,
        threshold=threshold,
        reaches_threshold=_reaches(persons, at_most, threshold),
        actors=[ActorReads.model_validate(one) for one in await list_actors(uow, window)],
        bulk_reads=bulk,
    )


@router.get("/subjects")
async def list_read_subjects(uow: Uow, paging: PageQuery, window: Asked) -> Page[PersonRead]:
    """Exactly whose data was read, by id."""
    found = await list_persons(uow, window, after=paging.after(str, UUID), limit=paging.limit + 1)
    views = [PersonRead.model_validate(one) for one in found]
    return page(views, paging.limit, key=lambda view: (view.subject_type, view.subject_id))


def _at_most(persons: int, bulk: Sequence[BulkRead]) -> int | None:
    with_people = [one for one in bulk if one.action not in WITHOUT_PEOPLE]
    if len(bulk) == MOST or any(one.rows is None for one in with_people):
        return None
    return persons + sum(one.rows or 0 for one in with_people)


def _reaches(persons: int, at_most: int | None, threshold: int) -> Literal["yes", "no", "possibly"]:
    if persons >= threshold:
        return "yes"
    return "no" if at_most is not None and at_most < threshold else "possibly"
