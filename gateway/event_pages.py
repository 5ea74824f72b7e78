"""What events there are, for people and for programs: one plain page made here from the AsyncAPI document, and that.

Nothing of it is kept but the answers; they are made when first asked for, since most gateways never are.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import yaml

from gateway.answers import Answer
from gateway.docs import page
from gateway.routes import API
from libs.contracts.catalogue import ASYNCAPI

PAGE = "/api/docs/events"
DOCUMENT = f"{API}/asyncapi.yaml"
_SCHEMAS = "frozen"
_KEPT = ((b"cache-control", b"max-age=300"),)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Json = Mapping[str, Any]
Page = Callable[[], Awaitable[Answer]]

_INTRODUCTION = f"""
<h1>Events</h1>
<p>Every change in this system is told as an event: what happened to which record, with ids, states and small values,
never personal data. Other systems page through all of them at <code>GET {API}/events/feed</code> and hear of new ones
from a RabbitMQ queue of their own. For programs: <a href="{DOCUMENT}">asyncapi.yaml</a>; the calls are in the
<a href="/api/docs">API document</a>.</p>
<table>
<tr><th>Delivery</th><td>At least once. What comes twice has the same <code>id</code>.</td></tr>
<tr><th>Order</th><td>Within one record (<code>subject</code>) by <code>aggseq</code>: from 1, without a gap. Between
records there is none; <code>time</code> is for showing.</td></tr>
<tr><th>Versions</th><td>Within a version only more is ever told: pass over fields and types you do not know. What would
break you is a new type with the next number.</td></tr>
</table>
"""


class EventPages:
    """Public pages about events, by path."""

    def __init__(self, document: Path = ASYNCAPI) -> None:
        self._document = document
        self._made = asyncio.Lock()
        self._page: Answer | None = None

    def by_path(self) -> dict[str, Page]:
        schemas = sorted((self._document.parent / _SCHEMAS).glob("*.json"))
        # Under the names by which the document refers to them, so that it can be read from its address.
        return {
            PAGE: self.page,
            DOCUMENT: self.document,
            **{f"{API}/{_SCHEMAS}/{path.name}": _file(path, "application/schema+json") for path in schemas},
        }

    async def document(self) -> Answer:
        return await _file(self._document, "application/yaml")()

    async def page(self) -> Answer:
        async with self._made:
            if self._page is None:
                self._page = await asyncio.to_thread(self._render)
            return self._page

    def _render(self) -> Answer:
        document = yaml.load(self._document.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - both are the safe one
        return page("Events", _Rendering(document, self._document.parent).body())


def _file(path: Path, media_type: str) -> Page:
    async def answer() -> Answer:
        return Answer(200, await asyncio.to_thread(path.read_bytes), media_type, _KEPT)

    return answer


class _Rendering:
    """The document as HTML; every text in it is escaped. A shape that several events share is shown once."""

    def __init__(self, document: Json, folder: Path) -> None:
        self._document = document
        self._folder = folder
        self._shapes: dict[str, Json] = {}

    def body(self) -> str:
        messages = self._document["components"]["messages"]
        told = sorted({message["x-tms-aggregate"] for message in messages.values() if "x-tms-scope" in message})
        inside = sorted({message["x-tms-aggregate"] for message in messages.values()} - set(told))
        kinds = "".join(self._kind(kind, messages) for kind in (*told, *inside))
        envelope = self._document["components"]["schemas"]["envelope"]
        shapes = "".join(self._shape(name, self._shapes[name]) for name in sorted(self._shapes))
        return (
            f"{_INTRODUCTION}<p>Told to other systems:</p>{_links(told)}<p>Kept inside:</p>{_links(inside)}"
            f'<h2 id="envelope">The envelope</h2><p>Around the data of every event (CloudEvents 1.0).</p>'
            f"{self._fields(envelope)}{kinds}"
            f'<h2 id="shapes">Shapes</h2><p>What stands inside the data of several events.</p>{shapes}'
        )

    def _kind(self, kind: str, messages: Json) -> str:
        mine = {name: message for name, message in messages.items() if message["x-tms-aggregate"] == kind}
        events = "".join(self._event(name, message) for name, message in mine.items())
        return f'<h2 id="{_anchor(kind)}">{escape(kind)}</h2>{self._head(*next(iter(mine.items())))}{events}'

    def _head(self, name: str, message: Json) -> str:
        """What all events of one kind of record have in common."""
        scope = message.get("x-tms-scope")
        told = f"told to clients with the scope <code>{escape(scope)}</code>" if scope else "not told to other systems"
        key = escape(message["x-tms-key-field"])
        return (
            f"<p>Said by <b>{escape(self._speaker(name))}</b>, {told}. One record is one <code>{key}</code>, "
            f"its events in order of <code>{escape(message['x-tms-ordered-by'])}</code>.</p>"
        )

    def _event(self, name: str, message: Json) -> str:
        key = self._document["channels"][name]["address"]
        schema = json.loads((self._folder / message["payload"]["properties"]["data"]["$ref"]).read_text("utf-8"))
        example = message["examples"][0]["payload"]
        heard = ", ".join(self._listeners(name)) or "no service"
        words = escape(message.get("description") or message["summary"])
        return (
            f'<article id="{_anchor(key)}"><h3><a href="#{_anchor(key)}">{escape(key)}</a></h3><p>{words}</p>'
            f"<details><summary>Data and example</summary>"
            f"{self._fields(schema, example['data'])}<p>Here heard by {escape(heard)}. "
            f'Schema: <a href="{API}/{_SCHEMAS}/{escape(key, quote=True)}.json">{escape(schema["$id"])}</a></p>'
            f"<pre>{escape(json.dumps(example, indent=2, ensure_ascii=False))}</pre></details></article>"
        )

    def _shape(self, name: str, schema: Json) -> str:
        words = escape(str(schema.get("description", "")))
        values = schema.get("enum")
        inner = f"<p><code>{escape(' | '.join(map(str, values)))}</code></p>" if values else self._fields(schema)
        return f'<article id="{_shape_anchor(name)}"><h3>{escape(name)}</h3><p>{words}</p>{inner}</article>'

    def _fields(self, schema: Json, example: Json | None = None) -> str:
        required = set(schema.get("required", ()))
        rows = "".join(
            f"<tr><td><code>{escape(name)}</code></td><td>{self._type(field, schema)}"
            f"{'' if name in required else ', may be absent'}</td><td>{escape(str(field.get('description', '')))}</td>"
            f"{_example(example, name)}</tr>"
            for name, field in schema.get("properties", {}).items()
        )
        last = "<th>Example</th>" if example is not None else ""
        return f"<table><tr><th>Field</th><th>Type</th><th>Meaning</th>{last}</tr>{rows}</table>" if rows else ""

    def _type(self, field: Json, root: Json) -> str:
        if "$ref" in field:
            return self._reference(str(field["$ref"]).rpartition("/")[2], root)
        if "anyOf" in field:
            return " or ".join(self._type(one, root) for one in field["anyOf"] if one.get("type") != "null")
        if field.get("type") == "array":
            return f"list of {self._type(field.get('items', {}), root)}"
        if field.get("type") == "object" and isinstance(field.get("additionalProperties"), Mapping):
            return f"map to {self._type(field['additionalProperties'], root)}"
        return escape(str(field.get("format") or field.get("type") or "any JSON value"))

    def _reference(self, name: str, root: Json) -> str:
        shape = root.get("$defs", {}).get(name, {})
        if not shape:
            return "any JSON value"
        if name not in self._shapes:
            self._shapes[name] = {**shape, "$defs": root["$defs"]}
            for field in shape.get("properties", {}).values():
                self._type(field, root)  # so that what it holds is shown, too
        return f'<a href="#{_shape_anchor(name)}">{escape(name)}</a>'

    def _speaker(self, name: str) -> str:
        return str(self._document["operations"][f"send_{name}"]["x-tms-speaker"])

    def _listeners(self, name: str) -> Iterator[str]:
        prefix = f"receive_{name}_"
        for operation, told in self._document["operations"].items():
            if operation.startswith(prefix):
                yield str(told["x-tms-listener"])


def _links(kinds: Iterable[str]) -> str:
    links = "".join(f'<a href="#{_anchor(kind)}">{escape(kind)}</a>' for kind in kinds)
    return f"<nav>{links}</nav>"


def _example(example: Json | None, name: str) -> str:
    if example is None:
        return ""
    value = example.get(name)
    plain = "" if value is None else "…" if isinstance(value, dict | list) else json.dumps(value, ensure_ascii=False)
    return f"<td><code>{escape(plain)}</code></td>" if plain else "<td></td>"


def _anchor(key: str) -> str:
    return escape(key, quote=True)


def _shape_anchor(name: str) -> str:
    return f"shape-{escape(name, quote=True)}"
