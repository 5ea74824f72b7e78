"""Which of several judgements of one line counts, whatever order they arrive in and however often.

Each carries a rank in one total order. A line keeps the highest it has met, so merging is commutative, associative and
idempotent: two devices that were offline end with the same sheet, whichever is heard first.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Self
from uuid import UUID


class Care(IntEnum):
    """How closely a person looked: `all present` judges a room, a single line judges a person."""

    ROOM = 0
    PERSON = 1


@dataclass(frozen=True, slots=True, order=True)
class Precedence:
    """Compared field by field.

    A judgement of one person outranks one of the whole room. Among equals who had seen the newer revision of the line
    knew more, whatever their clock says; who saw the same goes by the time it was made, and last by the operation's id.
    """

    care: Care
    base_revision: int
    made_at: datetime
    operation_id: UUID

    @classmethod
    def of(
        cls, care: int | None, base_revision: int | None, made_at: datetime | None, operation_id: UUID | None
    ) -> Self | None:
        """The order kept in a line's columns; None while nobody has judged it."""
        if care is None or base_revision is None or made_at is None or operation_id is None:
            return None
        return cls(Care(care), base_revision, made_at, operation_id)
