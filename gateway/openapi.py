"""One OpenAPI document of all services, merged from their own."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog

from gateway.answers import Answer
from gateway.journey import NAME
from gateway.proxy import Proxy, Upstream
from gateway.routes import API

log = structlog.get_logger()

KEPT_S, KEPT_PARTIAL_S = 60.0, 5.0
PATIENCE_S = 5.0
_REFERENCE = "#/components/schemas/"
Document = dict[str, Any]


class Documents:
    """Keeps the merged document for a minute; for seconds only while a service is missing from it."""

    def __init__(self, proxy: Proxy, own: Document) -> None:
        self._proxy = proxy
        self._own = own
        self._asking = asyncio.Lock()
        self._until = 0.0
        self._merged: Document = {}
        self._last_seen: dict[str, Document] = {}

    async def merged(self) -> Document:
        async with self._asking:
            if time.monotonic() >= self._until:
                complete = await self._ask()
                self._merged = merge({**self._last_seen, NAME: self._own})
                self._until = time.monotonic() + (KEPT_S if complete else KEPT_PARTIAL_S)
            return self._merged

    async def answer(self) -> Answer:
        body = json.dumps(await self.merged(), ensure_ascii=False, separators=(",", ":")).encode()
        return Answer(200, body, "application/json", ((b"cache-control", b"no-cache"),))

    async def _ask(self) -> bool:
        """Read every service's document; one that is away keeps the part it had."""
        upstreams = self._proxy.upstreams
        found = await asyncio.gather(*(_read(upstream) for upstream in upstreams.values()))
        for name, document in zip(upstreams, found, strict=True):
            if document is not None:
                self._last_seen[name] = document
        return all(document is not None for document in found)


async def _read(upstream: Upstream) -> Document | None:
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    try:
        async with upstream.session.get(upstream.origin.with_path("/openapi.json"), timeout=timeout) as response:
            response.raise_for_status()
            document = json.loads(await response.read())
    except (aiohttp.ClientError, OSError, ValueError) as error:
        log.warning("no API document", upstream=upstream.name, error=type(error).__name__)
        return None
    return document if isinstance(document, dict) else None


def merge(documents: Mapping[str, Document]) -> Document:
    """One document: public paths only; a schema name gets its service's prefix only where two services clash."""
    clashing = _clashing(documents)
    paths: Document = {}
    components: dict[str, Document] = {"schemas": {}, "securitySchemes": {}}
    for service, document in documents.items():
        renamed = _renamed(document, {name: f"{_camel(service)}{name}" for name in clashing})
        for path, item in renamed.get("paths", {}).items():
            if path.startswith(f"{API}/"):
                paths[path] = item
        for kind, entries in components.items():
            entries.update(renamed.get("components", {}).get(kind, {}))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hawker Boys TMS",
            "version": "1",
            "description": "Training management for Singapore training providers, synchronised with TPGateway.",
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {kind: dict(sorted(entries.items())) for kind, entries in components.items()},
    }


def _clashing(documents: Mapping[str, Document]) -> set[str]:
    """Names that mean different things in two services, by their own shape or by that of a schema they refer to."""
    shapes: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, int] = defaultdict(int)
    for document in documents.values():
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            shapes[name].add(json.dumps(schema, sort_keys=True))
            owners[name] += 1
    clashing = {name for name, different in shapes.items() if len(different) > 1}
    shared = {name: next(iter(shapes[name])) for name, count in owners.items() if count > 1 and name not in clashing}
    while found := {name for name, shape in shared.items() if any(_refers(shape, other) for other in clashing)}:
        clashing |= found
        shared = {name: shape for name, shape in shared.items() if name not in found}
    return clashing


def _refers(shape: str, name: str) -> bool:
    return json.dumps(f"{_REFERENCE}{name}") in shape


def _renamed(document: Document, names: Mapping[str, str]) -> Document:
    """The document with schemas, and references to them, under their new names."""
    schemas = document.get("components", {}).get("schemas", {})
    moved = {names.get(name, name): schema for name, schema in schemas.items()}
    whole = {**document, "components": {**document.get("components", {}), "schemas": moved}}
    references = {f"{_REFERENCE}{old}": f"{_REFERENCE}{new}" for old, new in names.items()}
    return _with_references(whole, references) if references else whole


def _with_references(value: Any, references: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _with_references(inner, references) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_references(inner, references) for inner in value]
    return references.get(value, value) if isinstance(value, str) else value


def _camel(service: str) -> str:
    return "".join(part.capitalize() for part in service.split("-"))
