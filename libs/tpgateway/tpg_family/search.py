"""How the two searches are asked: which days, in which order, page by page."""

from libs.tpgateway.wire import FilterDay, Sent, Whole


class UpdatedWithin(Sent):
    """Days of the last update, both included."""

    last_update_date_from: FilterDay = None
    last_update_date_to: FilterDay = None


class SortBy(Sent):
    field: str | None = None
    order: str | None = None


class Parameters(Sent):
    """Pages count from 0."""

    page: Whole | None = None
    page_size: Whole | None = None


class Search(Sent):
    """What both searches share; what is looked for stands beside it."""

    meta: UpdatedWithin | None = None
    sort_by: SortBy | None = None
    parameters: Parameters | None = None


OLDEST_FIRST = SortBy(field="createdOn", order="asc")
"""The order that does not move while pages are read: the day of the last update changes by itself."""
