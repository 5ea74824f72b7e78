"""Trouble on order: what goes wrong, for which calls, how often, decided by a seed."""

import random
from collections.abc import Iterable
from enum import StrEnum
from itertools import count
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveInt


class Kind(StrEnum):
    LATENCY = "latency"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    RATE_LIMIT = "rate_limit"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    WRONG_KEY = "wrong_key"
    EXPIRED_VERSION = "expired_version"


class FaultOrder(BaseModel):
    """One fault as asked for by a test.

    `operation` (`C1`, `C6`, ...) or `method` narrow it, `times` ends it after so many hits, `skip` lets so many
    matching calls pass first, `probability` with `seed` makes it fall now and then, the same way every time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    operation: str | None = None
    method: str | None = None
    times: PositiveInt | None = None
    skip: int = Field(default=0, ge=0)
    probability: float = Field(default=1.0, gt=0, le=1)
    seed: int = 0
    delay_s: NonNegativeFloat = Field(default=1.0, description="latency: how long; hang: how long until the close")
    retry_after_s: NonNegativeFloat = Field(default=1.0, description="rate_limit: the Retry-After sent")
    status: int = Field(default=503, ge=400, le=599, description="error_before and error_after")
    body: Literal["envelope", "html", "empty"] = "envelope"


class Fault:
    """A fault order that is being carried out."""

    def __init__(self, fault_id: int, order: FaultOrder) -> None:
        self.fault_id = fault_id
        self.order = order
        self.hits = 0
        self._to_skip = order.skip
        self._random = random.Random(order.seed)  # noqa: S311  # chance for tests, not a secret

    @property
    def spent(self) -> bool:
        return self.order.times is not None and self.hits >= self.order.times

    def strikes(self, operation: str, method: str) -> bool:
        if self.spent or not self._concerns(operation, method):
            return False
        if self._to_skip:
            self._to_skip -= 1
            return False
        if self._random.random() >= self.order.probability:
            return False
        self.hits += 1
        return True

    def _concerns(self, operation: str, method: str) -> bool:
        wanted_operation = self.order.operation in {None, operation}
        return wanted_operation and (self.order.method is None or self.order.method.upper() == method)


class Outage(BaseModel):
    """The whole gateway is away: every call fails the same way until it is lifted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: bool = False
    how: Literal["drop", "hang", "error"] = "drop"
    status: int = Field(default=503, ge=500, le=599)
    delay_s: NonNegativeFloat = 5.0


class FaultPlan:
    """All faults in force, in the order they were asked for. Lives in memory: a restart heals everything."""

    def __init__(self) -> None:
        self._ids = count(1)
        self.faults: list[Fault] = []
        self.outage = Outage()

    def add(self, order: FaultOrder) -> Fault:
        fault = Fault(next(self._ids), order)
        self.faults.append(fault)
        return fault

    def remove(self, fault_id: int) -> bool:
        before = len(self.faults)
        self.faults = [fault for fault in self.faults if fault.fault_id != fault_id]
        return len(self.faults) < before

    def clear(self) -> None:
        self.faults.clear()
        self.outage = Outage()

    def striking(self, operation: str, method: str) -> "Strike":
        """Decide what befalls this call; counts it."""
        return Strike(fault.order for fault in self.faults if fault.strikes(operation, method))


class Strike:
    """The faults that befall one call."""

    def __init__(self, orders: Iterable[FaultOrder]) -> None:
        self._orders = list(orders)

    def find(self, *kinds: Kind) -> FaultOrder | None:
        return next((order for order in self._orders if order.kind in kinds), None)

    @property
    def kinds(self) -> list[str]:
        return [order.kind.value for order in self._orders]
