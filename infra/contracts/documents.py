"""What the generated documents must say: from the event classes, the handler tables, the access matrix, the routes."""

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from gateway.composition import api_document
from libs.access import table
from libs.access.telling import TOLD
from libs.chassis.service import Service
from libs.contracts.catalogue import (
    ASYNCAPI,
    FROZEN,
    SPEAKERS,
    all_events,
    asyncapi_text,
    frozen_path,
    frozen_text,
    schema_of,
    spoken_by,
    spoken_by_all,
)
from libs.contracts.compatibility import broken_promises
from libs.outbox.handlers import Handlers

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "services"
MAP = SERVICES / "README.md"
OPENAPI = ROOT / "gateway" / "openapi.json"
MAP_START, MAP_END = "<!-- event map: written by `make contracts` -->", "<!-- end of event map -->"


def service_names() -> list[str]:
    """The services that stand, by folder name."""
    return sorted(path.parent.name for path in SERVICES.glob("*/main.py"))


def handlers_of(service: str) -> Handlers | None:
    handlers = getattr(import_module(f"services.{service}.handlers"), "handlers", None)
    return handlers if isinstance(handlers, Handlers) else None


def listeners() -> dict[str, dict[str, str]]:
    """Which routing keys each service handles, with the mode of each."""
    heard: dict[str, dict[str, str]] = {}
    for service in service_names():
        handlers = handlers_of(service)
        if handlers is None:
            continue
        keys = all_events() if handlers.for_everything else handlers.by_routing_key
        heard[service.replace("_", "-")] = {key: handlers.mode(key.partition(".")[0]) for key in keys}
    return heard


def event_map(heard: Mapping[str, Mapping[str, str]]) -> str:
    """The table of services/README.md: who says what, who hears what."""
    rows = ["| service | says | hears |", "| --- | --- | --- |"]
    for service in [name.replace("_", "-") for name in service_names()]:
        says = ", ".join(f"`{event.routing_key()}`" for event in spoken_by(service)) if service in SPEAKERS else ""
        keys = heard.get(service, {})
        hears = "everything" if set(keys) == set(all_events()) else ", ".join(f"`{key}`" for key in sorted(keys))
        rows.append(f"| {service} | {says or '-'} | {hears or '-'} |")
    by_all = ", ".join(f"`{event.routing_key()}`" for event in spoken_by_all())
    rows.append(f"| every service | {by_all} | |")
    return "\n".join(rows)


def service_of(name: str) -> Service:
    """The service as its program declares it."""
    found = [one for one in vars(import_module(f"services.{name}.main")).values() if isinstance(one, Service)]
    (service,) = found
    return service


def openapi_text() -> str:
    """The API as the gateway tells it when every service is there."""
    services = [service_of(name) for name in service_names()]
    document = api_document({service.wire_name: service.document() for service in services})
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _map_text() -> str:
    text = MAP.read_text(encoding="utf-8")
    before, _, rest = text.partition(MAP_START)
    _, _, after = rest.partition(MAP_END)
    return f"{before}{MAP_START}\n\n{event_map(listeners())}\n\n{MAP_END}{after}"


def expected_documents() -> dict[Path, str]:
    """Every generated file with the text it must have."""
    documents = {frozen_path(event): frozen_text(event) for event in all_events().values()}
    documents[ASYNCAPI] = asyncapi_text(listeners(), {kind: scope.value for kind, scope in TOLD.items()})
    documents[MAP] = _map_text()
    documents[table.README] = table.readme_text()
    documents[OPENAPI] = openapi_text()
    return documents


def broken() -> list[str]:
    """Changes of released events that need a new version, and frozen events whose class is gone."""
    events = {frozen_path(event): event for event in all_events().values()}
    problems: list[str] = []
    for path in sorted(FROZEN.glob("*.json")):
        event = events.get(path)
        if event is None:
            problems.append(f"{path.stem}: its class is gone; released events stay")
            continue
        frozen = json.loads(path.read_text(encoding="utf-8"))
        problems += [f"{path.stem}: {promise}" for promise in broken_promises(frozen, schema_of(event))]
    return problems


def stale() -> list[str]:
    """Names of documents that differ from what the code says."""
    return [
        str(path.relative_to(ROOT))
        for path, text in expected_documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
