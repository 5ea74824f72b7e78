"""Reply bodies: one success envelope, and an error envelope per family."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from infra.tpg_simulator.refusals import Refusal

Envelope = dict[str, Any]


class Family(StrEnum):
    COURSES = "courses"
    TPG = "tpg"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation has to say when all went well."""

    data: Any = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    stored: bool = False


def success(answer: Answer, *, status_as_text: bool) -> Envelope:
    status = "200" if status_as_text else 200
    return {"data": answer.data, "error": {}, "meta": answer.meta, "status": status}


def refusal(refused: Refusal, family: Family) -> Envelope:
    """The course family adds `code` and `errorId`; the tpg family has neither."""
    details = [{"field": detail.field, "message": detail.message} for detail in refused.details]
    error: dict[str, Any] = {"message": refused.message, "details": details}
    if family is Family.COURSES:
        error = {"code": refused.status, **error, "errorId": ""}
    return {"data": {}, "error": error, "meta": {}, "status": refused.status}
