"""One request, one transaction: opened before the route runs, committed before its answer leaves."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from libs.access.principal import Principal
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Unavailable
from libs.telemetry.context import current, entered
from libs.web.body import apply_limit_of
from libs.web.guard import admit, permissions_of
from libs.web.idempotency import answer_once, honours_keys
from libs.web.runtime import runtime_of
from libs.web.turns import Line, line_of, turn_for

_UNIT = "tms.unit_of_work"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Connection trouble, shutdown, too many connections, lost races and waits that were too long: asking again may succeed.
_PASSING_STATES = ("08", "57P", "53", "40", "55P03")


async def unit_of_work(request: Request) -> UnitOfWork:
    """The unit the route runs in. The route never commits; a raise rolls back, any returned answer commits."""
    return cast("UnitOfWork", request.scope[_UNIT])


Uow = Annotated[UnitOfWork, Depends(unit_of_work)]

Handle = Callable[[Request], Awaitable[Response]]


class UnitOfWorkRoute(APIRoute):
    """Checks access, opens the unit, honours Idempotency-Key on POST, runs the route, commits, and only then answers.

    A route marked `in_line` waits for its turn before the unit is opened.

    GET, HEAD and OPTIONS get a unit that is always rolled back. Anything returned commits, whatever its status; so a
    refusal that must leave a trace (a failed sign-in) returns its problem, and one that must not raises it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        run = super().get_route_handler()
        permissions = permissions_of(self.dependant)
        keyed = honours_keys(self.endpoint)
        path, endpoint, line = self.path_format, self.endpoint, line_of(self.endpoint)

        async def in_unit(request: Request) -> Response:
            apply_limit_of(endpoint, request.scope)
            if not permissions:
                return await _run(request, run, None, keyed=False)
            principal = await admit(request, permissions, path)
            with entered(current().acting(str(principal.subject), principal.role_for(permissions[0]))):
                return await _run(request, run, principal, keyed=keyed, line=line)

        return in_unit


async def _run(
    request: Request, run: Handle, principal: Principal | None, *, keyed: bool, line: Line | None = None
) -> Response:
    runtime = runtime_of(request)
    async with _database_may_be_away(), turn_for(request, line):
        if request.method in _READING:
            async with runtime.units.reading() as unit:
                request.scope[_UNIT] = unit
                response = await run(request)
                if unit.emitted:
                    raise RuntimeError("a reading route emitted events, which nobody would ever hear")
                return response
        async with runtime.units.begin() as unit:
            request.scope[_UNIT] = unit
            if keyed and principal is not None and request.method == "POST":
                return await answer_once(request, unit, principal, run)
            return await run(request)


@asynccontextmanager
async def _database_may_be_away() -> AsyncIterator[None]:
    """Tell trouble that passes as Unavailable, so that callers come back instead of giving up."""
    try:
        yield
    except (ConnectionError, TimeoutError, PoolTimeout, InterfaceError) as error:
        raise Unavailable("The database is away for the moment.") from error
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if error.connection_invalidated or state.startswith(_PASSING_STATES):
            raise Unavailable("The database could not finish this for the moment.") from error
        raise
