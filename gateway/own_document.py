"""The API document of the gateway's own doors, in the shape the services tell theirs."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.doors import Door
from gateway.routes import API
from libs.web.documents import MEDIA_TYPE

_REFERENCES = "#/components/schemas/{model}"
_PROBLEM: Mapping[str, Any] = {
    "content": {MEDIA_TYPE: {"schema": {"type": "object", "description": "RFC 9457, as of every service."}}}
}
_REFUSALS = (401, 403, 404, 422, 429, 503)


def own_document(doors: Iterable[Door]) -> dict[str, Any]:
    """OpenAPI for these doors."""
    doors = list(doors)
    models = {model for door in doors for model in (door.about.answer, door.about.body) if model is not None}
    wanted = [(model, _mode(doors, model)) for model in sorted(models, key=lambda model: model.__name__)]
    references, schemas = models_json_schema(wanted, ref_template=_REFERENCES)  # type: ignore[arg-type]  # one mode each
    by_model = {model: reference for (model, _), reference in references.items()}
    paths: dict[str, dict[str, Any]] = {}
    for door in doors:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door, by_model)
    return {
        "openapi": "3.1.0",
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _mode(doors: Iterable[Door], model: type[BaseModel]) -> str:
    return "validation" if any(door.about.body is model for door in doors) else "serialization"


def _operation(door: Door, references: Mapping[Any, Any]) -> dict[str, Any]:
    about = door.about
    content = {about.media_type: {"schema": references[about.answer] if about.answer else {"type": "string"}}}
    operation: dict[str, Any] = {
        "tags": [door.path.removeprefix(f"{API}/").partition("/")[0]],
        "summary": about.summary,
        "description": about.description,
        "operationId": re.sub(r"\W+", "_", f"{door.method.lower()}{door.path.removeprefix(API)}").strip("_"),
        "security": [{"bearer": []}],
        "x-permission": [permission.value for permission in about.permissions],
        "parameters": [*_path_parameters(door.path), *_query_parameters(about.query)],
        "responses": {
            "200": {"description": "Fine", "content": content},
            **{str(status): {"description": HTTPStatus(status).phrase, **_PROBLEM} for status in _REFUSALS},
        },
    }
    if about.body is not None:
        schema = {"schema": references[about.body]}
        operation["requestBody"] = {"required": True, "content": {"application/json": schema}}
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"\{([a-z_]+)\}", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(query: type[BaseModel] | None) -> list[dict[str, Any]]:
    if query is None:
        return []
    schema = query.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, "schema": _inlined(inner, schema.get("$defs", {}))}
        for name, inner in schema["properties"].items()
    ]


def _inlined(value: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with what it refers to put in its place."""
    if isinstance(value, list):
        return [_inlined(inner, definitions) for inner in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return definitions[value["$ref"].rpartition("/")[2]]
    return {name: _inlined(inner, definitions) for name, inner in value.items()}
