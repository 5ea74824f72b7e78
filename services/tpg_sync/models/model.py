"""What every table of tpg-sync is made with."""

from typing import Any

from sqlalchemy import Column, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.database.model import service_metadata

SCHEMA = "tpg_sync"


class Model(SQLModel):
    metadata = service_metadata(SCHEMA)


def octets(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=nullable))


def json_column(default: Any) -> Any:
    return Field(default_factory=default, sa_column=Column(JSONB, nullable=False))
