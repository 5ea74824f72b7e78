"""What the web rung needs of a service's runtime; the chassis hands one over that has it."""

from typing import Protocol, cast
from uuid import UUID

from fastapi import Request

from libs.access.principal import Principal
from libs.database.unit_of_work import UnitsOfWork
from libs.sources import Clock, Ids


class Verifier(Protocol):
    async def verify(self, token: str) -> Principal:
        """The caller a token proves; raises Unauthenticated."""


class Sealing(Protocol):
    """The part of the vault that stored answers need."""

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes: ...

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str: ...


class WebRuntime(Protocol):
    @property
    def service(self) -> str: ...

    @property
    def units(self) -> UnitsOfWork: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def ids(self) -> Ids: ...

    @property
    def verifier(self) -> Verifier: ...

    @property
    def vault(self) -> Sealing: ...


def runtime_of(request: Request) -> WebRuntime:
    """The runtime of the service that answers this request."""
    return cast("WebRuntime", request.app.state.runtime)
