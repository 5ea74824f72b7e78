"""What to verify, and what came out."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel

from libs.web.body import Body
from services.audit.models import Verdict
from services.audit.schemas.sequence import Hash, Seq, Size


class KnownRoot(Body):
    """A checkpoint that somebody has kept outside: the log must still begin with exactly that tree."""

    tree_size: Size
    root_hash: Hash


class VerifyWish(Body):
    """Which part of the log to read; without numbers, all of it."""

    from_seq: Seq = 1
    to_seq: Seq | None = None
    known: KnownRoot | None = None


class VerdictView(BaseModel):
    """What reading the log found. `fault` says in words why `first_broken_seq` does not hold.

    `part` is what is wrong: `entry`, `node`, `checkpoint` or `key`. `checkpoint` is the size of the newest tree whose
    signed root the entries gave again; `checkpoints` and `nodes` count what was compared.
    """

    verification_id: UUID
    from_seq: int
    to_seq: int
    intact: bool
    first_broken_seq: int | None
    part: str | None
    fault: str | None
    checkpoint: int | None
    checkpoints: int
    nodes: int

    @classmethod
    def of(cls, verification_id: UUID, verdict: Verdict) -> Self:
        return cls(
            verification_id=verification_id,
            from_seq=verdict.from_seq,
            to_seq=verdict.to_seq,
            intact=verdict.intact,
            first_broken_seq=verdict.first_broken_seq,
            part=verdict.fault.part.value if verdict.fault else None,
            fault=verdict.fault.why if verdict.fault else None,
            checkpoint=verdict.checkpoint,
            checkpoints=verdict.checkpoints,
            nodes=verdict.nodes,
        )
