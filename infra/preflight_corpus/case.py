"""One request to judge twice: what is asked, with which body, and how that body was bent."""

import copy
from collections.abc import Callable, Iterator
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
    """A body with another value at an existing place, or at a new member of an existing object.

    What is not on the way to it is shared with the first body: bodies are never changed, only made anew.
    """

    def put(part: Any) -> None:
        part[place[-1]] = value

    return _with(body, place[:-1], put)


def without(body: Json, place: Place) -> Json:
    """The same without what stands there."""

    def take(part: Any) -> None:
        del part[place[-1]]

    return _with(body, place[:-1], take)


def _with(body: Json, way: Place, change: Callable[[Any], None]) -> Json:
    whole = copy.copy(body)
    part: Any = whole
    for step in way:
        part[step] = copy.copy(part[step])
        part = part[step]
    change(part)
    return whole
