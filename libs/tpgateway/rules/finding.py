"""One thing to mend before sending, and how to tell it in somebody's own field names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

_INDEX: Final = re.compile(r"\[(\d+)\]")


class Severity(StrEnum):
    BLOCK = "block"
    """TPGateway refuses it, or we do: do not send."""
    WARN = "warn"
    """Worth a look; sending is allowed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where (a wire path), what, and what would mend it, in plain words. Never holds a personal value."""

    field: str
    code: str
    message: str
    fix: str
    severity: Severity = Severity.BLOCK


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.BLOCK]


class LocalNames:
    """Tells wire paths in local field names.

        LocalNames({"course.runs[].sessions[].startDate": "sessions[].start_on"})

    The longest matching path wins, what follows it is kept; a path nobody named stays as it is. Indices are handed
    over from the right, so an outer one the local side does not have (one run per call) falls away.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = sorted(names.items(), key=lambda pair: len(pair[0]), reverse=True)

    def of(self, path: str) -> str:
        pattern, indices = _INDEX.sub("[]", path), _INDEX.findall(path)
        for wire, local in self._names:
            rest = pattern.removeprefix(wire)
            if pattern.startswith(wire) and (not rest or rest[0] in ".["):
                return _numbered(local + rest, indices)
        return path

    def told(self, findings: Iterable[Finding]) -> list[Finding]:
        """The same findings, each at its local field."""
        return [replace(finding, field=self.of(finding.field)) for finding in findings]


def _numbered(pattern: str, indices: list[str]) -> str:
    wanted = pattern.count("[]")
    for index in indices[len(indices) - wanted :]:
        pattern = pattern.replace("[]", f"[{index}]", 1)
    return pattern
