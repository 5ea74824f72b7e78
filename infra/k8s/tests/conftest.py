from copy import deepcopy
from typing import Any

import pytest

from infra.k8s.rendering import OVERLAYS, Thing, render, title


class Rendered(list[Thing]):
    """The objects of an overlay, each to be had by its title."""

    def one(self, wanted: str) -> Any:
        return next(thing for thing in self if title(thing) == wanted)

    def pod(self, wanted: str) -> Any:
        return self.one(wanted)["spec"]["template"]["spec"]


@pytest.fixture(scope="session")
def production() -> Rendered:
    return Rendered(render(OVERLAYS / "production"))


@pytest.fixture(scope="session")
def dev() -> Rendered:
    return Rendered(render(OVERLAYS / "dev"))


@pytest.fixture
def spoilt(production: Rendered) -> Rendered:
    """A copy of production, to be spoilt."""
    return Rendered(deepcopy(list(production)))
