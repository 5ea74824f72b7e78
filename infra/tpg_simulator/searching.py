"""What the two searches share: a range of changes, an order and a page, in the words of the request body."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from infra.tpg_simulator.clock import SINGAPORE
from infra.tpg_simulator.fields import DashedDay, Field, Part, Text, Whole, read_fields
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.refusals import Problems
from infra.tpg_simulator.runs.paging import DEFAULT_SIZE, LARGEST_SIZE, Page
from infra.tpg_simulator.stored import Stored

S = TypeVar("S", bound=Stored)


@dataclass(frozen=True, slots=True)
class Search:
    """How the hits of a search are narrowed by date, ordered and cut."""

    first_day: str
    last_day: str
    sort_by: str
    descending: bool
    page: Page

    def narrow(self, hits: Iterable[S], now: datetime) -> list[S]:
        """Those whose last change, as a view tells it, lies in the range of Singapore days."""
        return [one for one in hits if self._in_range(one.updated_on(now).astimezone(SINGAPORE).date().isoformat())]

    def _in_range(self, day: str) -> bool:
        return self.first_day <= day and (not self.last_day or day <= self.last_day)

    def order(self, hits: list[S], now: datetime, more: Callable[[S], Any] | None = None) -> list[S]:
        """Sort by the field asked for, by number where that is equal; `more` reads the field only one kind has."""

        def rank(one: S) -> tuple[Any, int]:
            if self.sort_by == "createdOn":
                return one.created_at, one.number
            if self.sort_by == "updatedOn" or more is None:
                return one.updated_on(now), one.number
            return more(one), one.number

        return sorted(hits, key=rank, reverse=self.descending)


def read_search(body: Json, problems: Problems, *, sort_fields: tuple[str, ...], page_required: bool) -> Search:
    """Read `meta`, `sortBy` and `parameters` of a search; what is wrong is told and replaced by defaults."""
    found = read_fields(_table(sort_fields, page_required=page_required), body, "", problems)
    changed, sort, page = found.get("meta", {}), found.get("sortBy", {}), found.get("parameters", {})
    first, last = changed.get("lastUpdateDateFrom", ""), changed.get("lastUpdateDateTo", "")
    if first and last and first > last:
        problems.add("meta.lastUpdateDateFrom", "Must not be after lastUpdateDateTo.")
    return Search(
        first_day=first,
        last_day=last,
        sort_by=sort.get("field") or "updatedOn",
        descending=sort.get("order") != "asc",
        page=Page(page.get("page", 0), page.get("pageSize", DEFAULT_SIZE)),
    )


def _table(sort_fields: tuple[str, ...], *, page_required: bool) -> tuple[Field, ...]:
    return (
        Part("meta", fields=(DashedDay("lastUpdateDateFrom"), DashedDay("lastUpdateDateTo"))),
        Part("sortBy", fields=(Text("field", choices=sort_fields), Text("order", choices=("asc", "desc")))),
        Part(
            "parameters",
            required=page_required,
            fields=(
                Whole("page", required=page_required),
                Whole("pageSize", required=page_required, least=1, most=LARGEST_SIZE),
            ),
        ),
    )


def is_wanted(wanted: Any, actual: str) -> bool:
    """Whether a filter lets a value through: absent and empty ones let everything through, no case is regarded."""
    return not wanted or str(wanted).casefold() == actual.casefold()
