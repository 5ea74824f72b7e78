"""Every no as RFC 9457 problem+json: what happened, where, how to mend it. Values that were sent are never repeated."""

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from libs.database.trouble import is_unkeepable
from libs.errors import Invalid, Refused
from libs.web.documents import MEDIA_TYPE, problem_document, refusal_document, refusal_headers, status_of
from libs.web.fields import field_errors

_CODE_OF = {
    400: "malformed",
    404: "no_such_path",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "body_too_large",
    415: "unsupported_media_type",
}


class ProblemField(BaseModel):
    """One wrong field: where, what, and how to mend it."""

    field: str
    code: str
    message: str
    fix: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable and for programs; `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    correlation_id: str | None = None
    errors: list[ProblemField] = []
    allowed: list[str] = []


def refusal_response(refusal: Refused) -> Response:
    """The problem for a refusal. A route that must commit although it refuses returns this instead of raising."""
    return Response(refusal_document(refusal), status_of(refusal), refusal_headers(refusal), MEDIA_TYPE)


def unforeseen_response() -> Response:
    """The problem for a defect: nothing about it but the id under which the log has it."""
    detail = "Something we did not foresee went wrong. Nothing was changed. Tell us the correlation id."
    return Response(problem_document(500, "unforeseen", detail), 500, {"Cache-Control": "no-store"}, MEDIA_TYPE)


async def _on_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - registered for exactly this kind
    return refusal_response(error)


async def _on_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for exactly this kind
    fields = field_errors(error.errors())
    detail = "One field is wrong." if len(fields) == 1 else f"{len(fields)} fields are wrong."
    return Response(problem_document(422, Invalid.code, detail, fields=fields), 422, media_type=MEDIA_TYPE)


async def _on_database(_: Request, error: Exception) -> Response:
    """A NUL passes every check of text and is refused by the database alone; anything else is a defect."""
    if not is_unkeepable(error):
        raise error
    detail = "A text holds a character that cannot be kept. Remove NUL characters from what you send."
    return Response(problem_document(422, "unkeepable_character", detail), 422, media_type=MEDIA_TYPE)


async def _on_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for exactly this kind
    status = error.status_code
    code = _CODE_OF.get(status, HTTPStatus(status).name.lower())
    headers = dict(error.headers or {})
    return Response(problem_document(status, code, str(error.detail)), status, headers, MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Answer every refusal of this app with a problem; what is unforeseen is the Door's to answer."""
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(DBAPIError, _on_database)
