"""All records of one kind, findable by reference and by whatever their kind says."""

from collections import defaultdict
from typing import Generic, TypeVar

from infra.tpg_simulator.runs.paging import read_whole
from infra.tpg_simulator.stored import Stored

R = TypeVar("R", bound=Stored)


class Ledger(Generic[R]):
    """Records by key; nothing leaves it, so that a running number is never given twice."""

    def __init__(self, model: type[R], first_number: int = 1) -> None:
        self.model = model
        self.records: dict[str, R] = {}
        self._last_number = first_number - 1
        self._index: defaultdict[tuple[object, ...], dict[str, None]] = defaultdict(dict)

    def next_number(self) -> int:
        return self._last_number + 1

    def find(self, key: str) -> R | None:
        return self.records.get(key)

    def having(self, *index_key: object) -> list[R]:
        """Undeleted records with this index key, in the order they were made."""
        found = (self.records[key] for key in self._index.get(index_key, ()))
        return sorted((one for one in found if not one.deleted), key=_by_number)

    def all(self, *, deleted_too: bool = False) -> list[R]:
        """All records in the order they were made."""
        found = (one for one in self.records.values() if deleted_too or not one.deleted)
        return sorted(found, key=_by_number)

    def of_run(self, run_id: str) -> list[R]:
        """Undeleted records of the run a search names; all of them when it names none."""
        if not run_id:
            return self.all()
        number = read_whole(run_id)
        return [] if number is None else self.having("run", number)

    def remember(self, record: R) -> None:
        before = self.records.get(record.key)
        for index_key in before.index_keys() if before else ():
            self._index[index_key].pop(record.key, None)
        for index_key in record.index_keys():
            self._index[index_key][record.key] = None
        self.records[record.key] = record
        self._last_number = max(self._last_number, record.number)

    def doubles(self, *, fallen_too: bool = False) -> list[list[str]]:
        """Groups of alike records made by the API; `fallen_too` counts deleted, cancelled and voided ones as well."""
        groups: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
        for one in self.all(deleted_too=fallen_too):
            if one.made_by == "api" and (fallen_too or one.standing):
                groups[one.likeness()].append(one.key)
        return [group for group in groups.values() if len(group) > 1]


def _by_number(record: Stored) -> int:
    return record.number
