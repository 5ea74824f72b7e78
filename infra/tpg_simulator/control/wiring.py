"""What every control route needs: the world it controls.

Control routes are coroutines, so that they run between the gateway's calls and never beside one in a thread.
"""

from typing import Annotated, cast

from fastapi import Depends, Request

from infra.tpg_simulator.world import World


async def _world(request: Request) -> World:
    return cast("World", request.app.state.world)


Controlled = Annotated[World, Depends(_world)]
