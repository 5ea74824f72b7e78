"""Whether an object is what the cluster expects of its kind.

Kubernetes' own kinds are held against its published schemas, which the package kubernetes-validate carries, in their
strict form: an unknown field is a mistake. The operators' kinds are held against `shapes/`, which are our own reading
of their documentation: only the fields used here, closed, so that a misspelt or misplaced one is found. They are no
copy of the operators' definitions and do not know every rule of theirs.
"""

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from kubernetes_validate.utils import schema_contents
from referencing import Registry, Resource

from infra.k8s.rendering import Thing, title

KUBERNETES = "1.37"
"""The version of the schemas; the oldest that the README names must know the same fields."""
_FOLDER = f"kubernetes-json-schema/v{KUBERNETES}.0-local-strict"
SHAPES = Path(__file__).parent / "shapes"


@cache
def shapes() -> dict[tuple[str, str], Any]:
    """The operators' kinds, by API version and kind."""
    found: dict[tuple[str, str], Any] = {}
    for path in sorted(SHAPES.glob("*.yaml")):
        for shape in yaml.safe_load_all(path.read_text()):
            found[shape["apiVersion"], shape["kind"]] = _closed(shape["spec"])
    return found


def _closed(short: Any) -> Any:
    """A JSON schema of the short form.

    A mapping is an object with these fields and no other, a list of one is a list of such, `name!` must be there, `"*"`
    stands for any name, a word is a type, and words with `|` between them are the choices.
    """
    if isinstance(short, list):
        return {"type": "array", "items": _closed(short[0]), "minItems": 1}
    if isinstance(short, str):
        return {"enum": short.split("|")} if "|" in short else {"type": short} if short != "any" else {}
    if list(short) == ["*"]:
        return {"type": "object", "additionalProperties": _closed(short["*"])}
    return {
        "type": "object",
        "properties": {name.rstrip("!"): _closed(inner) for name, inner in short.items()},
        "required": [name.rstrip("!") for name in short if name.endswith("!")],
        "additionalProperties": False,
    }


def mistakes(thing: Thing) -> list[str]:
    """What is wrong with the object's form; nothing when it is sound."""
    kind = (thing["apiVersion"], thing["kind"])
    if kind in shapes():
        judge, judged = jsonschema.Draft202012Validator(shapes()[kind]), thing["spec"]
    elif (found := _of_kubernetes(*kind)) is not None:
        judge, judged = found, thing
    else:
        return [f"{title(thing)}: no schema is known for {kind[0]} {kind[1]}"]
    return [f"{title(thing)}: {_place(error)}: {error.message}" for error in judge.iter_errors(judged)]


@cache
def _of_kubernetes(api_version: str, kind: str) -> jsonschema.Draft202012Validator | None:
    """The judge of one kind of Kubernetes' own; None when it has no such kind."""
    group, _, version = api_version.rpartition("/")
    name = "-".join(part for part in (kind.lower(), group.partition(".")[0], version) if part)
    try:
        schema = schema_contents(f"{_FOLDER}/{name}.json", KUBERNETES)
    except FileNotFoundError:
        return None
    return jsonschema.Draft202012Validator(schema, registry=_definitions())


@cache
def _definitions() -> Registry[Any]:
    contents = schema_contents(f"{_FOLDER}/_definitions.json", KUBERNETES)
    return (Resource.from_contents(contents) @ Registry()).crawl()


def _place(error: Any) -> str:
    return ".".join(str(step) for step in error.absolute_path) or "the whole"
