from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from libs.database.model import Record, status_column
from services.auth.models.model import Model


class ViewPage(StrEnum):
    """The lists of the UI that views can be kept of."""

    RUNS = "runs"
    ENROLMENTS = "enrolments"
    SYNC_JOBS = "sync_jobs"
    DEADLINES = "deadlines"


class SavedView(Record, Model, table=True):
    """How one person wants to see one list: its filters and columns, by a name of their own."""

    __tablename__ = "saved_view"
    # Serves the list of one person's views, too.
    __table_args__ = (Index("saved_view_name_key", "user_id", "page", "name", unique=True),)

    user_id: UUID = Field(sa_column=Column(ForeignKey("auth.user_account.id"), nullable=False))
    page: ViewPage = status_column(ViewPage, name="page")
    name: str
    search: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
