"""Pages of a list: `page` from 0, `pageSize` from 1 to 100."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from infra.tpg_simulator.refusals import Detail, Refusal

DEFAULT_SIZE = 20
LARGEST_SIZE = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    size: int

    def cut(self, items: Sequence[T]) -> Sequence[T]:
        return items[self.number * self.size : (self.number + 1) * self.size]


def read_page(query: Mapping[str, str], *, sizes: Collection[int] | None = None) -> Page:
    """Read page and size, or refuse; `sizes` narrows the sizes allowed."""
    number = _whole(query, "page", 0)
    size = _whole(query, "pageSize", DEFAULT_SIZE)
    if not 1 <= size <= LARGEST_SIZE or (sizes is not None and size not in sizes):
        raise Refusal(400, details=[Detail("pageSize", "Is not an allowed page size.")])
    return Page(number, size)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    number = read_whole(text)
    if number is None:
        raise Refusal(400, details=[Detail(name, "Must be a whole number, 0 or more.")])
    return number


def read_whole(text: str) -> int | None:
    """Read plain digits, at most as many as any number here has."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None
