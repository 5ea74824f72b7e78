"""The HTTP side of a service: its own routes, and those every service has for its peers and operators."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI

from libs.chassis.messaging_api import messaging_routers
from libs.chassis.runtime import Runtime
from libs.web import application


def build_app(title: str, schema: str, runtime: Runtime[Any], routers: Sequence[APIRouter]) -> FastAPI:
    """The app around a runtime. Raises when a route declares no permission."""
    return application.build(title, routers=[*routers, *messaging_routers(title, schema)], runtime=runtime)
