"""One ASGI application: the gateway's own paths, and the control API beside them."""

import ipaddress

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.tpg_simulator.control.application import PREFIX, build_control
from infra.tpg_simulator.gateway import Gateway
from infra.tpg_simulator.identity import Identities, TlsMode
from infra.tpg_simulator.world import World


class Simulator:
    """Routes between gateway and control; control answers this machine only."""

    def __init__(self, world: World, *, tls_mode: TlsMode = "http") -> None:
        self.world = world
        self.identities = Identities(world, tls_mode)
        self._gateway = Gateway(world, self.identities)
        self._control: ASGIApp = build_control(world)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            await self._gateway(scope, receive, send)
        elif not _is_local(scope):
            await JSONResponse({"detail": "control is for this machine only"}, 403)(scope, receive, send)
        else:
            await self._control({**scope, "root_path": scope.get("root_path", "") + PREFIX}, receive, send)


def _is_local(scope: Scope) -> bool:
    host = (scope.get("client") or ("",))[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
