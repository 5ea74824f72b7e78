"""What a change of an event class may be inside one major version: only more, never less and never other.

Compares the schema that was frozen with the one the class has now.
"""

from collections.abc import Iterator
from typing import Any

NOISE = {"title", "description", "$id", "examples", "default"}


def broken_promises(frozen: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Each promise a reader of the frozen schema may rely on that the present one no longer keeps."""
    return list(_compare("data", frozen, now, frozen, now))


def _resolve(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    target: Any = root
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    return dict(target)


def _compare(
    path: str, frozen: dict[str, Any], now: dict[str, Any], frozen_root: dict[str, Any], now_root: dict[str, Any]
) -> Iterator[str]:
    frozen, now = _resolve(frozen, frozen_root), _resolve(now, now_root)
    if frozen.get("type") != now.get("type") or frozen.get("format") != now.get("format"):
        yield f"{path} changed its type"
        return
    lost_values = set(map(str, frozen.get("enum", []))) - set(map(str, now.get("enum", [])))
    if lost_values:
        yield f"{path} lost the values {', '.join(sorted(lost_values))}"
    before, after = frozen.get("properties", {}), now.get("properties", {})
    for name in before:
        if name not in after:
            yield f"{path}.{name} is gone"
        else:
            yield from _compare(f"{path}.{name}", before[name], after[name], frozen_root, now_root)
    for name in set(now.get("required", [])) - set(frozen.get("required", [])):
        yield f"{path}.{name} is required now"
    for keyword in ("items", "additionalProperties"):
        if isinstance(frozen.get(keyword), dict) and isinstance(now.get(keyword), dict):
            yield from _compare(f"{path}[]", frozen[keyword], now[keyword], frozen_root, now_root)
    yield from _compare_choices(path, frozen, now, frozen_root, now_root)


def _compare_choices(
    path: str, frozen: dict[str, Any], now: dict[str, Any], frozen_root: dict[str, Any], now_root: dict[str, Any]
) -> Iterator[str]:
    before, after = frozen.get("anyOf", []), now.get("anyOf", [])
    for choice in before:
        if not any(not list(_compare(path, choice, other, frozen_root, now_root)) for other in after):
            yield f"{path} no longer allows one of its shapes"
