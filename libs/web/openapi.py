"""The OpenAPI document as it is: problems instead of FastAPI's error shape, permissions, headers every route shares."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from libs.web.documents import MEDIA_TYPE
from libs.web.etag import if_match
from libs.web.guard import permissions_of, public_reason
from libs.web.idempotency import HEADER, honours_keys
from libs.web.problems import Problem

_BEARER = "bearer"
_MEANINGS = {
    "401": "Not signed in",
    "403": "Not allowed",
    "404": "Not found",
    "409": "The state does not allow it",
    "412": "Changed since you read it",
    "422": "Something in the request is wrong",
    "428": "If-Match is missing",
    "503": "A part this needs is away",
}
_UNUSED = ("HTTPValidationError", "ValidationError")
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def document(app: FastAPI) -> dict[str, Any]:
    """The document of this app, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, routes=app.routes)
        components = made.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for name in _UNUSED:
            schemas.pop(name, None)
        schemas.update(_problem_schemas())
        components["securitySchemes"] = {_BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        for route, method, operation in _operations(app, made):
            _complete(route, method, operation)
        app.openapi_schema = made
    return app.openapi_schema


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def _operations(app: FastAPI, made: dict[str, Any]) -> Iterator[tuple[APIRoute, str, dict[str, Any]]]:
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                yield route, method, made["paths"][route.path_format][method.lower()]


def _complete(route: APIRoute, method: str, operation: dict[str, Any]) -> None:
    permissions = permissions_of(route.dependant)
    if permissions:
        operation["security"] = [{_BEARER: []}]
        operation["x-permission"] = [permission.value for permission in permissions]
    else:
        operation["x-public"] = public_reason(route.dependant)
    if method == "POST" and permissions and honours_keys(route.endpoint):
        operation.setdefault("parameters", []).append(_idempotency_parameter())
    problem = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    responses = operation.setdefault("responses", {})
    for status in _statuses(route, method, guarded=bool(permissions)):
        responses[status] = {"description": _MEANINGS[status], **problem}


def _statuses(route: APIRoute, method: str, *, guarded: bool) -> Iterator[str]:
    if guarded:
        yield from ("401", "403")
    if route.param_convertors:
        yield "404"
    if method in _CHANGING:
        yield "409"
    if any(inner.call is if_match for inner in route.dependant.dependencies):
        yield from ("412", "428")
    yield from ("422", "503")


def _idempotency_parameter() -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": "Your own id for this request: a repeat within 24 hours gets the first answer again.",
        "schema": {"type": "string", "maxLength": 255},
    }
