"""Who may enter: every route says which permission it asks for, or why it asks for none."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.contracts.access import AccessRefused
from libs.errors import Forbidden, Unauthenticated
from libs.telemetry.context import current, entered
from libs.telemetry.metrics import access_refused
from libs.web.runtime import runtime_of

_PRINCIPAL = "tms.principal"


class Unguarded(RuntimeError):
    """A route says neither which permission it asks for nor why it is public: the service must not start."""


async def caller(request: Request) -> Principal:
    """The caller a token has proven; on a public route there is none."""
    principal = request.scope.get(_PRINCIPAL)
    if principal is None:
        raise Unauthenticated("Sign in first: send Authorization: Bearer with an access token.")
    return cast("Principal", principal)


Caller = Annotated[Principal, Depends(caller)]


class _Allow:
    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:
        return await caller(request)


class _Public:
    def __init__(self, reason: str) -> None:
        self.public_reason = reason

    async def __call__(self) -> None:
        """Nothing to check; the reason is the point."""


@cache
def allow(permission: Permission) -> Any:
    """Make a route ask for this permission.

    Stands among its `dependencies`, or in its signature: `caller: Annotated[Principal, allow(P)]`. The check happens
    before the body is read and before the transaction opens; it sets the context's actor.
    """
    return Depends(_Allow(permission))


def public(reason: str) -> Any:
    """Let anyone in, and say why: `dependencies=[public("...")]`."""
    return Depends(_Public(reason))


def permissions_of(dependant: Dependant) -> tuple[Permission, ...]:
    """Every permission a route asks for, wherever in its dependencies it stands."""
    found = (getattr(call, "permission", None) for call in _calls(dependant))
    return tuple(dict.fromkeys(permission for permission in found if permission is not None))


def public_reason(dependant: Dependant) -> str | None:
    return next((reason for call in _calls(dependant) if (reason := getattr(call, "public_reason", None))), None)


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for inner in dependant.dependencies:
        if inner.call is not None:
            yield inner.call
        yield from _calls(inner)


async def admit(request: Request, permissions: Iterable[Permission], route: str) -> Principal:
    """Prove the caller and that they hold every permission.

    Raises Unauthenticated or Forbidden; the latter is told as AccessRefused in a transaction of its own.
    """
    principal = await runtime_of(request).verifier.verify(_bearer(request))
    request.scope[_PRINCIPAL] = principal
    for permission in permissions:
        if principal.grant(permission) is None:
            await _tell_refusal(request, principal, permission, route)
            raise Forbidden(f"This needs the permission {permission.value}, which your roles do not grant.")
    return principal


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Sign in first: send Authorization: Bearer with an access token.")
    return token.strip()


async def _tell_refusal(request: Request, principal: Principal, permission: Permission, route: str) -> None:
    runtime = runtime_of(request)
    access_refused.labels(runtime.service).inc()
    with entered(current().acting(str(principal.subject), principal.role_for(permission))):
        async with runtime.units.begin() as unit:
            unit.emit(
                AccessRefused(
                    refusal_id=unit.new_id(),
                    service=runtime.service,
                    permission=permission.value,
                    method=request.method,
                    route=route,
                )
            )


def ensure_guarded(app: FastAPI) -> None:
    """Raise Unguarded, naming each route that declares no access, is no Router's, or is public and keeps answers.

    Kept answers belong to a caller, and on a public route nobody is known.
    """
    from libs.web.idempotency import honours_keys
    from libs.web.transaction import UnitOfWorkRoute

    open_doors = [
        f"{','.join(sorted(getattr(route, 'methods', None) or ['?']))} {getattr(route, 'path', route)}"
        for route in app.routes
        if not (isinstance(route, UnitOfWorkRoute) and declares_access(route))
        or (route.methods == {"POST"} and not permissions_of(route.dependant) and honours_keys(route.endpoint))
    ]
    if open_doors:
        raise Unguarded(
            "These routes declare no access; give each allow(Permission...) or public('why') on a libs.web Router, "
            f"and a public POST @without_idempotency('why') too: {'; '.join(open_doors)}"
        )


def declares_access(route: APIRoute) -> bool:
    return bool(permissions_of(route.dependant)) or public_reason(route.dependant) is not None
