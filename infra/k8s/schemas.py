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

KUBERNETES = ("1.34", "1.37")
"""The oldest version that the README names, and the newest whose schemas the package has."""
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
        return _judged(thing, jsonschema.Draft202012Validator(shapes()[kind]), thing["spec"])
    judges = [_of_kubernetes(version, *kind) for version in KUBERNETES]
    if None in judges:
        return [f"{title(thing)}: no schema is known for {kind[0]} {kind[1]}"]
    return list(dict.fromkeys(told for judge in judges if judge for told in _judged(thing, judge, thing)))


def _judged(thing: Thing, judge: jsonschema.Draft202012Validator, part: Any) -> list[str]:
    return [f"{title(thing)}: {_place(error)}: {error.message}" for error in judge.iter_errors(part)]


@cache
def _of_kubernetes(version: str, api_version: str, kind: str) -> jsonschema.Draft202012Validator | None:
    """The judge of one kind of Kubernetes' own; None when that version has no such kind."""
    group, _, revision = api_version.rpartition("/")
    name = "-".join(part for part in (kind.lower(), group.partition(".")[0], revision) if part)
    try:
        schema = _read(version, name)
    except FileNotFoundError:
        return None
    return jsonschema.Draft202012Validator(schema, registry=_definitions(version))


@cache
def _definitions(version: str) -> Registry[Any]:
    return (Resource.from_contents(_read(version, "_definitions")) @ Registry()).crawl()


def _read(version: str, name: str) -> Any:
    return schema_contents(f"kubernetes-json-schema/v{version}.0-local-strict/{name}.json", version)


def _place(error: Any) -> str:
    return ".".join(str(step) for step in error.absolute_path) or "the whole"
