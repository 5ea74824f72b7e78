"""One documented operation of the gateway, as data."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.tpg_simulator.envelope import Answer, Family
from infra.tpg_simulator.refusals import Refusal

if TYPE_CHECKING:
    from infra.tpg_simulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed the door: known caller, decrypted body."""

    world: "World"
    provider_uen: str
    by_token: bool
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any


Handler = Callable[[Call], Answer]


def not_built(_: Call) -> Answer:
    raise Refusal(501, at_the_door=True)


@dataclass(frozen=True)
class Operation:
    """`action` tells apart operations that share method and path; `open_read` lets a bearer token in."""

    name: str
    method: str
    path: str
    family: Family
    version_family: str
    handler: Handler = not_built
    encrypted_request: bool = False
    encrypted_reply: bool = False
    open_read: bool = False
    action: str | None = None
    status_as_text: bool = False
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        object.__setattr__(self, "pattern", re.compile(f"^{expression}$"))

    @property
    def encrypted(self) -> bool:
        return self.encrypted_request or self.encrypted_reply
