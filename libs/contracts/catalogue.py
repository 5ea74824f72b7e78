"""Every event there is, who says it, and the generated documents: frozen JSON Schemas and one AsyncAPI file."""

import inspect
import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from libs.contracts.envelope import CONTENT_TYPE, Envelope
from libs.contracts.event import Event
from libs.contracts.examples import example_of
from libs.contracts.glossary import tell_meanings

SPEAKERS: Mapping[str, str] = {
    "auth": "libs.contracts.auth",
    "course": "libs.contracts.course",
    "enrolment": "libs.contracts.enrolment",
    "attendance": "libs.contracts.attendance",
    "assessment": "libs.contracts.assessment",
    "audit": "libs.contracts.audit",
    "tpg-sync": "libs.contracts.tpg_sync",
}
"""Which module declares what a service alone may say."""

SPOKEN_BY_ALL: Sequence[str] = ("libs.contracts.access", "libs.contracts.erasure", "libs.contracts.operations")
"""Facts any service's door or messaging may report about itself, and that it kept people's data no longer."""

FROZEN = Path(__file__).parent / "frozen"
ASYNCAPI = Path(__file__).parent / "asyncapi.yaml"


def _declared(module_name: str) -> list[type[Event]]:
    module = import_module(module_name)
    found = [
        item
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, Event)
        and item.__module__ == module_name
        and "type" in vars(item)
    ]
    return sorted(found, key=lambda event: event.routing_key())


def spoken_by(service: str) -> list[type[Event]]:
    """The events one service alone may publish."""
    return _declared(SPEAKERS[service])


def spoken_by_all() -> list[type[Event]]:
    return [event for module in SPOKEN_BY_ALL for event in _declared(module)]


def all_events() -> dict[str, type[Event]]:
    """Every event class by routing key; two classes for one key are a mistake."""
    events: dict[str, type[Event]] = {}
    for event in [*(event for service in SPEAKERS for event in spoken_by(service)), *spoken_by_all()]:
        if event.routing_key() in events:
            message = f"{event.routing_key()} is declared twice"
            raise ValueError(message)
        events[event.routing_key()] = event
    return events


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one event's data, as readers may rely on it."""
    schema = tell_meanings(event.model_json_schema(mode="serialization"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": event.schema_urn(), **schema}


def frozen_text(event: type[Event]) -> str:
    return json.dumps(schema_of(event), indent=2, sort_keys=True) + "\n"


def frozen_path(event: type[Event]) -> Path:
    return FROZEN / f"{event.routing_key()}.json"


def asyncapi(listeners: Mapping[str, Mapping[str, str]], told: Mapping[str, str]) -> dict[str, Any]:
    """The AsyncAPI 3 document.

    `listeners` maps a service to the routing keys it handles and the mode of each, `told` the kinds of records that
    other systems may hear of to the scope that lets them.
    """
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    speakers = {event.routing_key(): service for service in SPEAKERS for event in spoken_by(service)}
    for key, event in sorted(all_events().items()):
        name = key.replace(".", "_")
        channels[name] = {
            "address": key,
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": "tms.events", "type": "topic", "durable": True, "vhost": "tms"},
                    "bindingVersion": "0.3.0",
                }
            },
        }
        messages[name] = _message(key, event, speakers.get(key, "course"), told)
        operations[f"send_{name}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{name}"},
            "x-tms-speaker": speakers.get(key, "every service"),
        }
        for service, heard in sorted(listeners.items()):
            if key in heard:
                operations[f"receive_{name}_{service.replace('-', '_')}"] = {
                    "action": "receive",
                    "channel": {"$ref": f"#/channels/{name}"},
                    "x-tms-listener": service,
                    "x-tms-mode": heard[key],
                }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Hawker Boys TMS domain events",
            "version": "1",
            "description": "CloudEvents 1.0 in structured JSON mode on the topic exchange tms.events. At least once, "
            "ordered per aggregate by aggseq, de-duplicate by id. No event carries personal data. Other systems are "
            "told the kinds of records whose messages have x-tms-scope, when their service client holds that scope.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": {"envelope": tell_meanings(Envelope.model_json_schema())}},
    }


def _message(key: str, event: type[Event], speaker: str, told: Mapping[str, str]) -> dict[str, Any]:
    kind = event.type.partition(".")[0]
    words = inspect.cleandoc(vars(event).get("__doc__") or "")
    return {
        "name": event.cloud_type(),
        "title": event.__name__,
        "summary": words.partition("\n")[0],
        **({"description": words} if "\n" in words else {}),
        "tags": [{"name": kind}],
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [{"$ref": "#/components/schemas/envelope"}],
            "properties": {"data": {"$ref": f"frozen/{key}.json"}},
        },
        "examples": [{"payload": example_of(event, schema_of(event), speaker)}],
        "x-tms-aggregate": kind,
        "x-tms-key-field": event.key,
        "x-tms-ordered-by": "aggseq",
        **({"x-tms-scope": told[kind]} if kind in told else {}),
    }


class _Plain(yaml.SafeDumper):
    """Writes equal parts out each time: readers of the document need not know anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the dumper's own signature
        return True


def asyncapi_text(listeners: Mapping[str, Mapping[str, str]], told: Mapping[str, str]) -> str:
    return yaml.dump(asyncapi(listeners, told), Dumper=_Plain, sort_keys=False, width=120, allow_unicode=True)
