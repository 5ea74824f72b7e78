"""The API document as one plain HTML page: made here, without scripts and without anything from elsewhere."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from gateway.answers import PAGE_POLICY, Answer

METHODS = ("get", "post", "put", "patch", "delete")
_REFERENCE = "#/components/schemas/"
_DEEPEST = 4
STYLE_PATH = "/api/docs/style.css"
Json = Mapping[str, Any]

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --ink: #0b6; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 6rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { margin: 2.5rem 0 .5rem; font-size: 1.15rem; }
a { color: inherit; } code, .path { font: .9rem/1.4 ui-monospace, monospace; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .4rem 0; padding: 0 .8rem; }
summary { cursor: pointer; padding: .5rem 0; display: flex; gap: .8rem; align-items: baseline; flex-wrap: wrap; }
summary .what { opacity: .75; margin-left: auto; }
.method { font: 600 .75rem/1.6 ui-monospace, monospace; min-width: 4rem; text-align: center; border-radius: .3rem;
  background: var(--soft); }
.tag { font-size: .8rem; background: var(--soft); border-radius: 1rem; padding: .05rem .6rem; }
table { border-collapse: collapse; width: 100%; margin: .3rem 0 1rem; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); }
th { font-weight: 600; font-size: .85rem; } nav a { margin-right: 1rem; }
nav { display: flex; flex-wrap: wrap; } h3 { margin: 0; font: 600 .95rem/1.5 ui-monospace, monospace; }
h3 a { text-decoration: none; } article { border-top: 1px solid var(--line); padding: .8rem 0 .4rem; }
article p { margin: .2rem 0 .5rem; white-space: pre-line; } article:target h3 { text-decoration: underline; }
pre { background: var(--soft); border-radius: .5rem; padding: .8rem; overflow-x: auto; font-size: .85rem; }
td code { overflow-wrap: anywhere; } td:first-child code { white-space: nowrap; }
@media (prefers-color-scheme: dark) { :root { --line: #fff3; --soft: #fff1; } }
""".strip()


def style() -> Answer:
    return Answer(200, STYLE.encode(), "text/css; charset=utf-8", ((b"cache-control", b"max-age=300"),))


def render(document: Json) -> Answer:
    """The page for a merged document; every text in it is escaped."""
    by_tag: dict[str, list[str]] = defaultdict(list)
    schemas = document.get("components", {}).get("schemas", {})
    for path, method, operation in _operations(document):
        by_tag[next(iter(operation.get("tags", ())), "other")].append(_operation(path, method, operation, schemas))
    info = document.get("info", {})
    links = "".join(f'<a href="#{escape(tag, quote=True)}">{escape(tag)}</a>' for tag in by_tag)
    sections = "".join(
        f'<h2 id="{escape(tag, quote=True)}">{escape(tag)}</h2>{"".join(parts)}' for tag, parts in by_tag.items()
    )
    body = (
        f"<h1>{escape(str(info.get('title', 'API')))}</h1><p>{escape(str(info.get('description', '')))} "
        f'The same for programs: <a href="/api/v1/openapi.json">openapi.json</a>. What the system says by itself: '
        f'<a href="/api/docs/events">events</a>.</p><nav>{links}</nav>'
        f"{sections or '<p>No service has told its part yet.</p>'}"
    )
    return page("API", body)


def page(title: str, body: str) -> Answer:
    """One of the gateway's own pages. `body` is HTML that is already escaped."""
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Hawker Boys TMS</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{STYLE_PATH}"></head><body>{body}</body></html>'
    )
    return Answer(200, html.encode(), "text/html; charset=utf-8", ((b"cache-control", b"no-cache"),), PAGE_POLICY)


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _operation(path: str, method: str, operation: Json, schemas: Json) -> str:
    permission = ", ".join(operation.get("x-permission", ())) or "public"
    summary = escape(str(operation.get("summary", "")))
    description = escape(str(operation.get("description", "")))
    return (
        f'<details><summary><span class="method">{method.upper()}</span><span class="path">{escape(path)}</span>'
        f'<span class="tag">{escape(permission)}</span><span class="what">{summary}</span></summary>'
        f"<p>{description}</p>{_parameters(operation)}{_body(operation, schemas)}{_responses(operation, schemas)}"
        "</details>"
    )


def _parameters(operation: Json) -> str:
    rows = [
        (parameter["name"], f"{parameter['in']}, {_type(parameter.get('schema', {}))}", _need(parameter))
        for parameter in operation.get("parameters", ())
    ]
    return _table(("Parameter", "Where and what", ""), rows)


def _need(parameter: Json) -> str:
    return "required" if parameter.get("required") else str(parameter.get("description", ""))


def _body(operation: Json, schemas: Json) -> str:
    parts = []
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolve(content.get("schema", {}), schemas)
        required = set(schema.get("required", ()))
        rows = [
            (name, _type(inner), "required" if name in required else str(inner.get("description", "")))
            for name, inner in schema.get("properties", {}).items()
        ]
        parts.append(_table((f"Body, {media_type}", "", ""), rows))
    return "".join(parts)


def _responses(operation: Json, schemas: Json) -> str:
    rows = []
    for status, response in operation.get("responses", {}).items():
        shapes = [_type(content.get("schema", {})) for content in response.get("content", {}).values()]
        fields = [
            ", ".join(_resolve(content.get("schema", {}), schemas).get("properties", {}))
            for content in response.get("content", {}).values()
            if status.startswith("2")
        ]
        rows.append((status, f"{response.get('description', '')} {' or '.join(shapes)}".strip(), "; ".join(fields)))
    return _table(("Answer", "", ""), rows)


def _resolve(schema: Json, schemas: Json, depth: int = 0) -> Json:
    reference = schema.get("$ref")
    if reference is None or depth > _DEEPEST:
        return schema
    return _resolve(schemas.get(str(reference).removeprefix(_REFERENCE), {}), schemas, depth + 1)


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REFERENCE)
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(_type(inner) for inner in schema[key])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " ".join(str(schema[key]) for key in ("type", "format") if key in schema)


def _table(head: tuple[str, str, str], rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(
        f"<tr><td><code>{escape(first)}</code></td><td>{escape(second)}</td><td>{escape(third)}</td></tr>"
        for first, second, third in rows
    )
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    return f"<table><tr>{titles}</tr>{cells}</table>"
