"""Long lists in pages: keyset cursors, opaque to the caller, that stay right while rows come and go.

@router.get("/things")
async def list_things(uow: Uow, paging: PageQuery) -> Page[ThingView]:
    after = paging.after(datetime, UUID)                       # None on the first page
    things = await queries.things(uow, after=after, limit=paging.limit + 1)
    return page([ThingView.of(thing) for thing in things], paging.limit, key=lambda v: (v.created_at, v.id))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, overload
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, TypeAdapter, ValidationError

from libs.web.cursors import Key, WrongCursor, read_cursor, write_cursor

LARGEST, USUAL = 200, 50
_LONGEST_CURSOR = 512
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


class Page(BaseModel, Generic[T]):
    """Some items, and the cursor for the next ones when there are more."""

    items: list[T]
    next_cursor: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """What the caller asked for. Ask the query for `limit + 1` rows: the extra one tells whether there are more."""

    limit: int = USUAL
    cursor: str | None = None

    @overload
    def after(self, kind: type[A], /) -> A | None: ...

    @overload
    def after(self, kind: type[A], then: type[B], /) -> tuple[A, B] | None: ...

    @overload
    def after(self, *kinds: type[Any]) -> Any: ...

    def after(self, *kinds: type[Any]) -> Any:
        """The key to continue after: one value, or a tuple for several kinds; None on the first page."""
        if self.cursor is None:
            return None
        values = read_cursor(self.cursor)
        if len(values) != len(kinds):
            raise WrongCursor
        try:
            # Lax on purpose: ids and instants travel as text.
            typed = tuple(TypeAdapter(kind).validate_python(value) for kind, value in zip(kinds, values, strict=True))
        except ValidationError:
            raise WrongCursor from None
        return typed[0] if len(kinds) == 1 else typed

    def after_int(self) -> int | None:
        return self.after(int)

    def after_uuid(self) -> UUID | None:
        return self.after(UUID)


async def page_query(
    limit: Annotated[int, Query(ge=1, le=LARGEST, description="At most this many items.")] = USUAL,
    cursor: Annotated[
        str | None, Query(max_length=_LONGEST_CURSOR, description="next_cursor of the page before.")
    ] = None,
) -> Paging:
    return Paging(limit=limit, cursor=cursor)


PageQuery = Annotated[Paging, Depends(page_query)]


def page(items: Sequence[T], limit: int, *, key: Callable[[T], Key], total: int | None = None) -> Page[T]:
    """A page of the first `limit` items; when there are more, its cursor is the key of the last one shown."""
    shown = list(items[:limit])
    more = len(items) > limit and bool(shown)
    return Page(items=shown, next_cursor=write_cursor(key(shown[-1])) if more else None, total=total)
