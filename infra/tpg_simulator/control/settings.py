"""Read and move the switches and the clock."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from infra.tpg_simulator.control.wiring import Controlled
from infra.tpg_simulator.world import World

router = APIRouter(tags=["settings"])


class ClockOrder(BaseModel):
    """An aware instant; `frozen` stops the clock there."""

    model_config = ConfigDict(extra="forbid")

    now: AwareDatetime
    frozen: bool = False


class ClockStep(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: float


@router.get("/switches")
async def get_switches(world: Controlled) -> dict[str, Any]:
    return world.switches.as_wire()


@router.patch("/switches")
async def set_switches(world: Controlled, changes: dict[str, Any]) -> dict[str, Any]:
    """Set some switches by dotted name; they outlive a restart when there is a state file."""
    try:
        return world.set_switches(changes).as_wire()
    except ValidationError as wrong:
        raise HTTPException(422, wrong.errors(include_url=False, include_context=False)) from None
    except ValueError as wrong:
        raise HTTPException(422, str(wrong)) from None


@router.delete("/switches")
async def reset_switches(world: Controlled) -> dict[str, Any]:
    """Go back to the defaults and the seed file."""
    return world.reset_switches().as_wire()


def _show_clock(world: World) -> dict[str, Any]:
    setting = world.clock.setting
    return {
        "now": world.clock.now().isoformat(),
        "singapore": world.clock.singapore_now().isoformat(),
        "frozen": setting.frozen_at is not None,
        "offset_s": setting.offset.total_seconds(),
    }


@router.get("/clock")
async def get_clock(world: Controlled) -> dict[str, Any]:
    return _show_clock(world)


@router.put("/clock")
async def set_clock(world: Controlled, order: ClockOrder) -> dict[str, Any]:
    world.keep_clock(world.clock.set(order.now, frozen=order.frozen))
    return _show_clock(world)


@router.post("/clock/advance")
async def advance_clock(world: Controlled, step: ClockStep) -> dict[str, Any]:
    world.keep_clock(world.clock.advance(timedelta(seconds=step.seconds)))
    return _show_clock(world)


@router.delete("/clock")
async def reset_clock(world: Controlled) -> dict[str, Any]:
    """Go back to the wall clock."""
    world.keep_clock(world.clock.reset())
    return _show_clock(world)
