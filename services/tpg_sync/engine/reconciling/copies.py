"""Three copies of one record, and what they say together. Pure.

| case           | verdict   | so                                     |
| -------------- | --------- | -------------------------------------- |
| L = A = R      | clean     |                                        |
| L != A, R = A  | stale     | we are ahead: push                     |
| L = A, R != A  | drift     | theirs moved: by who owns the field    |
| all differ     | conflict  | a person chooses                       |
| L = R != A     | converged | take R for acknowledged                |

Two copies differ only in what both of them tell. Where nothing is known to be acknowledged, a difference may be of
either side's making: a conflict.
"""

from collections.abc import Collection
from dataclasses import dataclass

from libs.tpgateway.comparing import NormalRecord
from services.tpg_sync.models.codes import Verdict


@dataclass(frozen=True, slots=True)
class Copies:
    """L, A and R in normal form; A is None where it is not known, L and R are what is compared."""

    ours: NormalRecord
    acked: NormalRecord | None
    theirs: NormalRecord

    def only(self, names: Collection[str]) -> "Copies":
        """The same copies, reduced to some fields."""
        acked = None if self.acked is None else _only(self.acked, names)
        return Copies(_only(self.ours, names), acked, _only(self.theirs, names))

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that ours and theirs tell differently."""
        return differing(self.ours, self.theirs)

    @property
    def verdict(self) -> Verdict:
        """Of what TPGateway tells; a field it is silent about says nothing of who moved."""
        moved = self.acked is not None and bool(set(differing(self.ours, self.acked)) & self.theirs.fields.keys())
        if not self.fields:
            return Verdict.CONVERGED if moved else Verdict.CLEAN
        if self.acked is None:
            return Verdict.CONFLICT
        if not differing(self.acked, self.theirs):
            return Verdict.STALE
        return Verdict.CONFLICT if moved else Verdict.DRIFT


def differing(one: NormalRecord, other: NormalRecord) -> tuple[str, ...]:
    """What both tell, and tell differently."""
    shared = one.fields.keys() & other.fields.keys()
    return tuple(sorted(name for name in shared if one.fields[name] != other.fields[name]))


def _only(record: NormalRecord, names: Collection[str]) -> NormalRecord:
    return NormalRecord({name: value for name, value in record.fields.items() if name in names})


def state(of: str | None) -> NormalRecord:
    """Whether something stands, as the one field of a copy; None where that is not known."""
    return NormalRecord({} if of is None else {"status": of})
