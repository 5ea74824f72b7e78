"""Order faults and outages, and lift them."""

from typing import Any

from fastapi import APIRouter, HTTPException

from infra.tpg_simulator.control.wiring import Controlled
from infra.tpg_simulator.faults import Fault, FaultOrder, Outage

router = APIRouter(tags=["faults"])


def _show(fault: Fault) -> dict[str, Any]:
    return {"id": fault.fault_id, "hits": fault.hits, "spent": fault.spent, **fault.order.model_dump(mode="json")}


@router.get("/faults")
async def list_faults(world: Controlled) -> list[dict[str, Any]]:
    """List all faults with how often each has struck."""
    return [_show(fault) for fault in world.faults.faults]


@router.post("/faults", status_code=201)
async def order_faults(world: Controlled, orders: list[FaultOrder] | FaultOrder) -> list[dict[str, Any]]:
    """Order one fault or several; all that match a call befall it together."""
    wanted = orders if isinstance(orders, list) else [orders]
    return [_show(world.faults.add(order)) for order in wanted]


@router.delete("/faults", status_code=204)
async def lift_all_faults(world: Controlled) -> None:
    """Lift every fault and the outage."""
    world.faults.clear()


@router.delete("/faults/{fault_id}", status_code=204)
async def lift_fault(world: Controlled, fault_id: int) -> None:
    if not world.faults.remove(fault_id):
        raise HTTPException(404)


@router.get("/outage")
async def get_outage(world: Controlled) -> Outage:
    return world.faults.outage


@router.put("/outage")
async def set_outage(world: Controlled, outage: Outage) -> Outage:
    """Take the whole gateway away (`drop`, `hang` or `error`) or bring it back. Tokens of before stay valid."""
    world.faults.outage = outage
    return outage
