"""What a running service holds: made once by the chassis, handed to routes, handlers and duties."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.access.token import TokenVerifier
from libs.chassis.settings import ServiceSettings
from libs.database.unit_of_work import UnitsOfWork
from libs.privacy.vault import Vault
from libs.sources import Clock, Ids

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class Runtime(Generic[S]):
    """The parts of one service process. `peers` are HTTP clients that carry this service's token and trace context."""

    service: str
    settings: S
    engine: AsyncEngine
    units: UnitsOfWork
    clock: Clock
    ids: Ids
    chance: random.Random
    verifier: TokenVerifier
    vault: Vault
    peers: Mapping[str, httpx.AsyncClient]
