"""How `make test` shares the tests among processes: a file's stay together, and all journeys in one."""

from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

WHOLE_SYSTEM: Final = "tests-e2e"
"""One system on ports of its own stands for all journeys, so no two of them run at a time."""


class FileSharing(LoadScopeScheduling):  # type: ignore[misc]  # the package is untyped
    """Hands out whole files: what a module has started is used by all its tests.

    Groups by `xdist_group` would say the same, but the runner does not read them beside the present pytest.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileSharing:
    return FileSharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The groups that mostly wait come first, so that the short ones fill up the end."""
    weights: dict[str, int] = {}
    for item in items:
        group = _group(item.nodeid)
        weights[group] = min(_weight(item), weights.get(group, _weight(item)))
    items.sort(key=lambda item: weights[_group(item.nodeid)])


def _group(nodeid: str) -> str:
    return WHOLE_SYSTEM if nodeid.startswith(f"{WHOLE_SYSTEM}/") else nodeid.partition("::")[0]


def _weight(item: pytest.Item) -> int:
    """Smaller is earlier; sorting is stable, so within a weight the order of collection holds."""
    if item.get_closest_marker("e2e"):
        return 0
    return 1 if item.get_closest_marker("fault") else 2
