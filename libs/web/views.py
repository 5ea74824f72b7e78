"""Parts of a record's view that every service shows alike."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from libs.errors import FieldError


class LastChange(BaseModel):
    """When a record was last changed, by whom, and on which journey; an account is told by its id, never by name."""

    updated_at: datetime
    updated_by: str
    correlation_id: UUID


class AllowedAction(BaseModel):
    """What the caller may do now; when not, `reason` says why."""

    action: str
    allowed: bool
    reason: str | None = None


class FindingView(BaseModel):
    """One thing to mend. Never holds what stands in the field."""

    field: str
    code: str
    message: str
    fix: str

    @classmethod
    def of(cls, wrong: FieldError) -> Self:
        return cls(field=wrong.field, code=wrong.code, message=wrong.message, fix=wrong.fix)


class PreflightView(BaseModel):
    """`errors` stand in the way, in the form of a problem's; `warnings` are only worth a look."""

    ready: bool
    errors: list[FindingView]
    warnings: list[FindingView]

    @classmethod
    def of(cls, errors: Sequence[FieldError], warnings: Sequence[FieldError]) -> Self:
        return cls(
            ready=not errors,
            errors=[FindingView.of(error) for error in errors],
            warnings=[FindingView.of(warning) for warning in warnings],
        )
