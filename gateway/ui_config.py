"""What the ops UI must know of this deployment before it can show anything."""

from datetime import datetime

from pydantic import BaseModel

from gateway.answers import Answer, model_answer
from gateway.doors import About, Door, Wish
from gateway.routes import API
from gateway.settings import GatewaySettings
from libs.access.permissions import Permission
from libs.chassis.settings import Environment
from libs.sources import Clock


class UiConfig(BaseModel):
    """`now` is the system's own time: screens count from it, whatever the clock of the desk says."""

    now: datetime
    environment: Environment
    trace_url: str | None
    """Where a trace can be looked at, with `{trace_id}` in the place of its id; null where there is no such place."""


def ui_config_door(settings: GatewaySettings, clock: Clock) -> Door:
    async def answer(_: Wish) -> Answer:
        told = UiConfig(now=clock.now(), environment=settings.environment, trace_url=settings.trace_url or None)
        return model_answer(told)

    return Door("GET", f"{API}/ui-config", answer, _ABOUT)


_ABOUT = About(
    summary="What the ops UI must know of this deployment",
    permissions=(Permission.SELF,),
    answer=UiConfig,
)
