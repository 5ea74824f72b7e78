"""Refusals as RFC 9457 documents, without a web framework: services and gateway say no in the same words."""

import json
import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from libs.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    PreconditionMissing,
    Refused,
    Stale,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from libs.telemetry.context import find_current
from libs.telemetry.redaction import redact

MEDIA_TYPE = "application/problem+json"
STATUS_OF: dict[type[Refused], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    Stale: 412,
    Invalid: 422,
    PreconditionMissing: 428,
    TooMany: 429,
    Unavailable: 503,
}


def status_of(refusal: Refused) -> int:
    """The HTTP status of a kind of refusal; kinds derived from one share its status."""
    return next((STATUS_OF[kind] for kind in type(refusal).__mro__ if kind in STATUS_OF), 400)


def problem_document(
    status: int,
    code: str,
    detail: str,
    *,
    fields: Sequence[FieldError] = (),
    allowed: Sequence[str] = (),
    correlation_id: str | None = None,
) -> bytes:
    """The body of a problem. Lists that are empty are left out."""
    document: dict[str, Any] = {
        "type": f"urn:tms:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": redact(detail),
        "code": code,
    }
    if correlation_id is None and (context := find_current()) is not None:
        correlation_id = str(context.correlation_id)
    if correlation_id is not None:
        document["correlation_id"] = correlation_id
    if fields:
        document["errors"] = [
            {"field": field.field, "code": field.code, "message": redact(field.message), "fix": redact(field.fix)}
            for field in fields
        ]
    if allowed:
        document["allowed"] = list(allowed)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def refusal_headers(refusal: Refused) -> dict[str, str]:
    """The headers that belong to a refusal: how to sign in, when to come back."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(refusal, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, TooMany | Unavailable):
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after.total_seconds())))
    return headers


def refusal_document(refusal: Refused) -> bytes:
    return problem_document(
        status_of(refusal),
        refusal.code,
        refusal.message,
        fields=refusal.fields if isinstance(refusal, Invalid) else (),
        allowed=refusal.allowed if isinstance(refusal, Conflict) else (),
    )
