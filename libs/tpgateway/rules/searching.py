"""How enrolments and assessments may be searched for: days in order, a known sorting, pages that exist."""

from collections.abc import Iterator
from dataclasses import replace

from libs.tpgateway.operations import Operation
from libs.tpgateway.rules.fields import judge_root
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.paging import judge_page
from libs.tpgateway.rules.ruleset import RuleSet
from libs.tpgateway.tpg_family.search import Search


def judge_frame(search: Search, operation: Operation, table: str, ruleset: RuleSet) -> Iterator[Finding]:
    """What is asked around the fields sought; `table` names what it needs. An absent page is the first."""
    yield from judge_root(search.body(), table, ruleset)
    yield from _days(search)
    parameters = search.parameters
    page = parameters.page if parameters else None
    size = parameters.page_size if parameters else None
    fitting = ruleset.limits.page_size_min
    for finding in judge_page(operation, page=page or 0, page_size=fitting if size is None else size, ruleset=ruleset):
        yield replace(finding, field=f"parameters.{finding.field}")


def _days(search: Search) -> Iterator[Finding]:
    first = search.meta.last_update_date_from if search.meta else None
    last = search.meta.last_update_date_to if search.meta else None
    if first and last and first > last:
        message = "The last day of the search lies before its first."
        yield Finding("meta.lastUpdateDateTo", "before_start", message, f"Choose {first} or later.")
