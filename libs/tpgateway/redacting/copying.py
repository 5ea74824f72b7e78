"""Makes the copies. Their size is bounded: what no longer fits is cut, and the copy says how much that was."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from libs.tpgateway.envelope import Reply, ReplyError
from libs.tpgateway.operations import Operation
from libs.tpgateway.redacting.fields import BARE, FIELDS, META, NAMES, PATH, QUERY, Tree
from libs.tpgateway.redacting.shapes import MASK, Shape, hidden, refusal, unique

LARGEST: Final = 8_192
"""Bytes of JSON in one copy, but for the few marks that tell what was cut."""
UNKNOWN: Final = "(unknown)"
"""The name under which fields stand that the contract does not know."""
CUT: Final = "(cut)"
MOST_DETAILS: Final = 40
_PLACE: Final = re.compile(r"\{(\w+)\}")
_STEP: Final = re.compile(r"([A-Za-z]+)(?:\[\d{1,3}\])?")
_CODE: Final = re.compile(r"\bTGS-\d{3,4}\b(?!\d)")


def request_copy(
    operation: Operation, *, values: Mapping[str, str], query: Mapping[str, str], body: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What was asked: the path with its references, the query, the body. Nothing personal is in it."""
    copier = _Copier(LARGEST)
    made: dict[str, Any] = {"method": operation.method, "path": _PLACE.sub(partial(_filled, values), operation.path)}
    if query:
        made["query"] = copier.of(query, QUERY)
    if body is not None:
        made["body"] = copier.of(body, FIELDS[operation.group])
    return {**made, "cut": copier.cut}


def _filled(values: Mapping[str, str], place: re.Match[str]) -> str:
    """One place of a path with its reference; as the template has it where nothing is known."""
    value = values.get(place[1])
    if value is None:
        return place[0]
    return value if PATH.get(place[1], hidden)(value) else MASK


def reply_copy(operation: Operation, reply: Reply) -> dict[str, Any]:
    """What was answered, decrypted. Nothing personal is in it; of TPGateway's own sentences only the codes are left."""
    copier = _Copier(LARGEST)
    made: dict[str, Any] = {"status": reply.status}
    if reply.error is not None:
        made["error"] = _error(copier, reply.error)
    if reply.meta:
        made["meta"] = copier.of(reply.meta, META)
    if not hidden(reply.data):
        made["data"] = copier.of(reply.data, FIELDS[operation.group])
    return {**made, "cut": copier.cut}


def _error(copier: "_Copier", error: ReplyError) -> dict[str, Any]:
    details = [{"field": _place(one.field), "message": _sentence(one.message)} for one in error.details]
    told = {
        "code": error.code if refusal(error.code) or not error.code else MASK,
        "message": _sentence(error.message),
        "errorId": error.error_id if unique(error.error_id) or not error.error_id else MASK,
        "details": copier.first(details, MOST_DETAILS),
    }
    return {name: value for name, value in told.items() if value}


def _place(field: str) -> str:
    """A field as TPGateway names it, when every step of it is a name of the contract."""
    steps = [_STEP.fullmatch(step) for step in field.split(".")]
    known = all(step is not None and step[1] in NAMES for step in steps)
    return field if known or not field else MASK


def _sentence(text: str) -> str:
    """The code in a sentence of theirs; the words may repeat what was sent."""
    found = _CODE.search(text)
    bare = text.strip()
    if not bare:
        return ""
    if found is None:
        return MASK
    return found.group() if bare == found.group() else f"{found.group()} {MASK}"


@dataclass(slots=True)
class _Copier:
    """One copy in the making, with what is left of its size."""

    left: int
    cut: bool = False

    def of(self, value: Any, tree: Tree) -> Any:
        if isinstance(value, Mapping):
            return self._object(value, tree)
        if isinstance(value, list | tuple):
            return self._list(value, tree)
        bare = tree.get(BARE, hidden)
        return self._leaf(value, hidden if isinstance(bare, Mapping) else bare)

    def first(self, values: Sequence[Any], most: int) -> list[Any]:
        """The first ones as they are, and how many were left out."""
        if len(values) <= most:
            return list(values)
        self.cut = True
        return [*values[:most], f"{CUT} {len(values) - most} more"]

    def _list(self, values: Sequence[Any], tree: Tree) -> list[Any]:
        made: list[Any] = []
        for place, value in enumerate(values):
            if self.left <= 0:
                self.cut = True
                return [*made, f"{CUT} {len(values) - place} more"]
            self.left -= 1
            made.append(self.of(value, tree))
        return made

    def _object(self, value: Mapping[str, Any], tree: Tree) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for place, (name, inner) in enumerate(value.items()):
            if self.left <= 0:
                self.cut = True
                return {**made, CUT: f"{len(value) - place} more"}
            known = tree.get(name) if name != BARE else None
            shown = UNKNOWN if known is None else name
            if shown not in made:
                self.left -= len(shown) + 5
                made[shown] = self._field(inner, known)
        return made

    def _field(self, value: Any, known: "Shape | Tree | None") -> Any:
        if isinstance(known, Mapping):
            return self.of(value, known)
        return self._leaf(value, known or hidden)

    def _leaf(self, value: Any, shape: Shape) -> Any:
        """A value that says nothing, or has its shape; else the mask, whatever stood there."""
        told = value if value is None or value in ("", [], {}) or shape(value) else MASK
        self.left -= len(str(told)) + 3
        return told
