"""Which entries to take out of the system."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.web.body import Body
from libs.web.reason import Reason
from services.audit.schemas.sequence import Seq


class ExportedSubject(Body):
    """One record whose entries are wanted, as entries name it: `run` and its id."""

    type: Annotated[str, Field(min_length=1, max_length=40)]
    id: UUID


class ExportWish(Body):
    """Which entries, in which form, and why.

    `lines` is one JSON object a line, as it is stored. `pack` is a ZIP with what an outsider needs to check it: tree
    nodes, signed checkpoint, keys and a verifier. `subjects` or `correlation_id` keep only the entries about these.
    """

    from_seq: Seq = 1
    to_seq: Seq | None = None
    format: Literal["lines", "pack"] = "lines"
    subjects: list[ExportedSubject] = Field(default=[], max_length=200)
    correlation_id: UUID | None = None
    reason: Reason
