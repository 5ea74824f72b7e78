"""Request bodies: only known fields, never a value in an error, and no more bytes than the route accepts."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

MIB = 1024 * 1024
_SCOPE_KEY, _MARK = "tms.body_limit", "tms_body_limit"
F = TypeVar("F", bound=Callable[..., Any])


class Body(BaseModel):
    """A request body. Unknown fields are refused, surrounding blanks removed, values kept out of errors."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)


class BodyTooLarge(HTTPException):
    def __init__(self, limit: int) -> None:
        super().__init__(413, f"The body may have at most {limit} bytes.")


def accepts_up_to(limit: int) -> Callable[[F], F]:
    """Let one route take a body of `limit` bytes instead of the usual 1 MiB."""

    def mark(endpoint: F) -> F:
        setattr(endpoint, _MARK, limit)
        return endpoint

    return mark


def apply_limit_of(endpoint: Callable[..., Any] | None, scope: Scope) -> None:
    """Make the limit of the chosen route hold for the rest of this request."""
    limit = getattr(endpoint, _MARK, None)
    if limit is not None:
        scope[_SCOPE_KEY] = limit


def limited(scope: Scope, receive: Receive, declared: bytes | None, limit: int) -> Receive:
    """A `receive` that raises BodyTooLarge (413) before the body passes the route's limit."""
    scope[_SCOPE_KEY] = limit
    length = int(declared) if declared is not None and declared.isdigit() else 0
    seen = 0

    async def receive_limited() -> Message:
        nonlocal seen
        allowed: int = scope[_SCOPE_KEY]
        if length > allowed:
            raise BodyTooLarge(allowed)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > allowed:
            raise BodyTooLarge(allowed)
        return message

    return receive_limited
