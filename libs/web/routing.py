"""The router every service declares its routes on."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

from fastapi import APIRouter

from libs.web.transaction import UnitOfWorkRoute


class Router(APIRouter):
    """An APIRouter whose routes check access first and run inside one unit of work."""

    def __init__(
        self, *, prefix: str = "", tags: list[str | Enum] | None = None, dependencies: Sequence[Any] = ()
    ) -> None:
        super().__init__(prefix=prefix, tags=tags, dependencies=list(dependencies), route_class=UnitOfWorkRoute)
