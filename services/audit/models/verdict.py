from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What can be wrong."""

    ENTRY = "entry"
    NODE = "node"
    CHECKPOINT = "checkpoint"
    KEY = "key"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that does not hold: the first entry it concerns, which part of the evidence it is, and why."""

    seq: int
    part: Part
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading the log found: intact, or the first entry that is wrong and why.

    `checkpoint` is the size of the newest tree whose signed root was reproduced, `checkpoints` and `nodes` how many
    were compared.
    """

    from_seq: int
    to_seq: int
    fault: Fault | None = None
    checkpoint: int | None = None
    checkpoints: int = 0
    nodes: int = 0

    @property
    def intact(self) -> bool:
        return self.fault is None

    @property
    def first_broken_seq(self) -> int | None:
        return self.fault.seq if self.fault else None
