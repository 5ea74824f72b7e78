"""One request to judge twice: what is asked, with which body, and how that body was bent."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Place = tuple[str | int, ...]
"""Where in a body something stands: names of members and positions in lists."""


@dataclass(frozen=True, slots=True)
class Case:
    """`bends` tell what was done to a sound body; none means that it is sound still. All values are synthetic."""

    operation: str
    body: Json
    bends: tuple[str, ...] = ()


def spelt(place: Place) -> str:
    """`("course", "runs", 0, "venue")` as `course.runs[0].venue`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a body but its root, outer ones first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*at, key)
        yield from places(part, (*at, key))


def value_at(body: Any, place: Place) -> Any:
    """KeyError, IndexError or TypeError where there is no such place."""
    for step in place:
        body = body[step]
    return body


def find_at(body: Any, place: Place) -> Any:
    """The value there, or None."""
    try:
        return value_at(body, place)
    except (KeyError, IndexError, TypeError):
        return None


def with_value(body: Json, place: Place, value: Any) -> Json:
    """A copy with another value at an existing place, or at a new member of an existing object."""
    changed = copy.deepcopy(body)
    value_at(changed, place[:-1])[place[-1]] = value
    return changed


def without(body: Json, place: Place) -> Json:
    """A copy without what stands there."""
    changed = copy.deepcopy(body)
    del value_at(changed, place[:-1])[place[-1]]
    return changed
