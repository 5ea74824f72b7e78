"""Changing a record and telling what changed are one step, so that no event can forget a field."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from pydantic_core import to_jsonable_python
from sqlmodel import SQLModel

from libs.contracts.event import Change


def apply(
    record: SQLModel, values: Mapping[str, Any], *, personal: AbstractSet[str] = frozenset()
) -> tuple[Change, ...]:
    """Set each value that differs and name it; values of `personal` fields are never told."""
    changes: list[Change] = []
    for field, new in values.items():
        old = getattr(record, field)
        if old == new:
            continue
        setattr(record, field, new)
        changes.append(change(field, None, None) if field in personal else change(field, old, new))
    return tuple(changes)


def change(field: str, old: Any, new: Any) -> Change:
    """One difference with its values as JSON."""
    return Change(field=field, old=to_jsonable_python(old), new=to_jsonable_python(new))
