"""Shapes every service's tables share."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlmodel import Field, SQLModel

from libs.database.unit_of_work import UnitOfWork
from libs.errors import PreconditionMissing, Stale
from libs.telemetry.context import current

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


def service_metadata(schema: str) -> MetaData:
    """The tables of one service, all in its own Postgres schema."""
    return MetaData(schema=schema, naming_convention=NAMING)


class InstantType(DateTime):
    """`timestamptz`: SQLModel takes a type class, and the zone must not be forgotten."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)


def instant(**options: Any) -> Any:
    """A column for an aware UTC instant."""
    return Field(sa_type=InstantType, **options)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum kept as its text value and read back as the member, so that `is` and `match` work on loaded rows."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's shape
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 - SQLAlchemy's shape
        return None if value is None else self.enum(value)


def status_column(enum: type[StrEnum], default: StrEnum | None = None, *, name: str = "status", **options: Any) -> Any:
    """A state kept as its text value with a CHECK: readable in SQL, and no other value can be stored."""
    values: Sequence[str] = [member.value for member in enum]
    listed = ", ".join(f"'{value}'" for value in values)
    column = Column(
        name, EnumText(enum), CheckConstraint(f"{name} in ({listed})", name=name), nullable=False, **options
    )
    return Field(default=default, sa_column=column)


class Versioned(SQLModel):
    """A row people change by turns: each change is the next version, and names the one it was made from."""

    version: int = Field(default=1, nullable=False)

    def expect(self, version: int | None) -> None:
        """Refuse to change what the caller has not seen; `version` comes from If-Match."""
        if version is None:
            message = "Send If-Match with the ETag of the record as you last read it."
            raise PreconditionMissing(message)
        if version != self.version:
            message = f"It is at version {self.version} now; you read version {version}. Read it again and compare."
            raise Stale(message)


class Record(Versioned):
    """What every business record carries: identity, version for optimistic locking, and its last change's lineage."""

    id: UUID = Field(primary_key=True)
    created_at: datetime = instant(nullable=False)
    created_by: str = Field(nullable=False)
    updated_at: datetime = instant(nullable=False)
    updated_by: str = Field(nullable=False)
    correlation_id: UUID = Field(nullable=False)

    def touch(self, uow: UnitOfWork) -> None:
        """Note a change by the current actor: next version, now, this journey."""
        context = current()
        self.version += 1
        self.updated_at = uow.now()
        self.updated_by = context.actor_id
        self.correlation_id = context.correlation_id


def lineage(uow: UnitOfWork) -> dict[str, Any]:
    """Column values for a new Record: a fresh id, made now, by the current actor, on this journey."""
    context = current()
    now = uow.now()
    return {
        "id": uow.new_id(),
        "created_at": now,
        "created_by": context.actor_id,
        "updated_at": now,
        "updated_by": context.actor_id,
        "correlation_id": context.correlation_id,
    }
