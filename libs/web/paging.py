"""Long lists in pages: keyset cursors, opaque to the caller, that stay right while rows come and go.

@router.get("/things")
async def list_things(uow: Uow, paging: PageQuery) -> Page[ThingView]:
    after = paging.after(datetime, UUID)                       # None on the first page
    things = await queries.things(uow, after=after, limit=paging.limit + 1)
    return page([ThingView.of(thing) for thing in things], paging.limit, key=lambda v: (v.created_at, v.id))
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar, overload
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, TypeAdapter, ValidationError

from libs.errors import FieldError, Invalid

LARGEST, USUAL = 200, 50
_LONGEST_CURSOR = 512
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
Key = str | int | datetime | UUID | tuple[Any, ...]


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
        values = _decode(self.cursor)
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


class WrongCursor(Invalid):
    """The cursor is not one of this list's."""

    code = "wrong_cursor"

    def __init__(self) -> None:
        fix = "Take next_cursor from the page before, unchanged, or leave it out to start again."
        field = FieldError("cursor", "malformed", "This cursor does not belong to this list.", fix)
        super().__init__("The cursor cannot be used.", [field])


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
    return Page(items=shown, next_cursor=_encode(key(shown[-1])) if more else None, total=total)


def _encode(key: Key) -> str:
    values = list(key) if isinstance(key, tuple) else [key]
    text = json.dumps([_plain(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)


def _decode(cursor: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise WrongCursor from None
    if not isinstance(values, list):
        raise WrongCursor
    return values
