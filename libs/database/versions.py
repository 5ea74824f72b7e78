"""Numbers that circulars change: each set is a version in force from a Singapore date, never edited, only followed."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import Field, col

from libs.contracts.event import Change
from libs.database.changes import change
from libs.database.constraints import refusing
from libs.database.model import Record, lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Duplicate, PolicyInForce
from libs.sources import singapore_day


class PolicyVersion(Record):
    """What every table of such versions has; the table's name is `policy`."""

    number: int = Field(unique=True)
    effective_from: date = Field(unique=True)


Version = TypeVar("Version", bound=PolicyVersion)


async def version_in_force(uow: UnitOfWork, kind: type[Version]) -> Version:
    """The numbers that hold on today's Singapore date; the first migration laid down the first version."""
    today = singapore_day(uow.now())
    begun = select(kind).where(col(kind.effective_from) <= today)
    return (await uow.session.scalars(begun.order_by(col(kind.effective_from).desc()).limit(1))).one()


async def version_numbered(uow: UnitOfWork, kind: type[Version], number: int) -> Version:
    """The numbers something was judged by."""
    return (await uow.session.scalars(select(kind).where(col(kind.number) == number))).one()


async def list_versions(uow: UnitOfWork, kind: type[Version]) -> list[Version]:
    """Every version, the latest to begin first; there are few."""
    return list(await uow.session.scalars(select(kind).order_by(col(kind.effective_from).desc())))


async def introduce_version(
    uow: UnitOfWork, kind: type[Version], values: Mapping[str, Any]
) -> tuple[Version, tuple[Change, ...]]:
    """Add the version that follows, and what differs from the one before; the caller tells it.

    What was judged by the old numbers stays judged. Raises PolicyInForce unless it begins in the future, and Duplicate
    when another begins that day.
    """
    if values["effective_from"] <= singapore_day(uow.now()):
        raise PolicyInForce(values["effective_from"])
    before = (await list_versions(uow, kind))[0]
    version = kind(**lineage(uow), **values, number=before.number + 1)
    taken = Duplicate("policy", "effective_from")
    async with refusing(uow, {"policy_effective_from_key": taken, "policy_number_key": taken}):
        uow.add(version)
    changed = ((name, getattr(before, name), new) for name, new in values.items())
    return version, tuple(change(name, old, new) for name, old, new in changed if old != new)
