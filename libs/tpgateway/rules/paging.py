"""How lists may be asked for, page by page."""

from collections.abc import Iterator

from libs.tpgateway.operations import LIST_RUNS, Operation
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.ruleset import RuleSet


def judge_page(operation: Operation, *, page: int, page_size: int, ruleset: RuleSet) -> list[Finding]:
    """Pages count from 0."""
    return ruleset.graded([*_page(page), *_page_size(operation, page_size, ruleset)])


def _page(page: int) -> Iterator[Finding]:
    if page < 0:
        yield Finding("page", "negative", "Pages count from 0.", "Ask for page 0 or a later one.")


def _page_size(operation: Operation, page_size: int, ruleset: RuleSet) -> Iterator[Finding]:
    limits = ruleset.limits
    if operation is LIST_RUNS and page_size not in limits.course_list_page_sizes:
        sizes = ", ".join(map(str, limits.course_list_page_sizes))
        yield Finding("pageSize", "unknown_value", "This list comes in fixed page sizes.", f"Use one of {sizes}.")
    elif not limits.page_size_min <= page_size <= limits.page_size_max:
        fix = f"Choose between {limits.page_size_min} and {limits.page_size_max}."
        yield Finding("pageSize", "out_of_range", "TPGateway has no pages of this size.", fix)
