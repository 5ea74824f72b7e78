"""How tests bend a sound body in one place. Paths are those of findings, such as `course.runs[0].venue`."""

import re
from copy import deepcopy
from typing import Any, Final

Json = dict[str, Any]
GONE: Final = object()
"""Bends by taking the field away, and what would be left empty around it."""
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def bent(body: Json, path: str, value: Any) -> Json:
    """The body with this at that place; what lies between is made where it is missing."""
    whole = deepcopy(body)
    steps: list[Any] = [name or int(index) for name, index in _STEP.findall(path)]
    part: Any = whole
    around: list[Any] = []
    for step in steps[:-1]:
        around.append(part)
        part = part.setdefault(step, {}) if isinstance(part, dict) else part[step]
    if value is GONE:
        del part[steps[-1]]
        for outer, step in zip(reversed(around), reversed(steps[:-1]), strict=True):
            if outer[step] == {}:
                del outer[step]
    else:
        part[steps[-1]] = value
    return whole
