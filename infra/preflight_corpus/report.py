"""What a whole corpus comes to, for people."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping

from rich.console import Console
from rich.table import Column, Table

from infra.preflight_corpus.case import Case
from infra.preflight_corpus.judging import Judged, judge, smallest
from infra.preflight_corpus.operations import OPERATIONS
from infra.preflight_corpus.stage import Profile, Stage
from infra.preflight_corpus.stricter import STRICTER, Stricter, reason_of

_COLUMNS = ("sound", "accepted", "bent", "refused", "strict alone", "foreseen", "same field", "held back")
_WIDTH = 118


class Report:
    """Counts by operation and remembers what went wrong."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.stricter: Counter[Stricter] = Counter()
        self.wrong: defaultdict[str, list[Judged]] = defaultdict(list)

    def add(self, one: Judged) -> None:
        count = self.counts[one.case.operation]
        self._add_sound(one, count) if not one.case.bends else self._add_bent(one, count)
        if one.broken:
            self.wrong["the simulator broke"].append(one)

    def _add_sound(self, one: Judged, count: Counter[str]) -> None:
        count["sound"] += 1
        count["accepted"] += one.accepted and not one.findings
        if not one.accepted or one.findings:
            self.wrong["a sound request is refused"].append(one)

    def _add_bent(self, one: Judged, count: Counter[str]) -> None:
        count["bent"] += 1
        if one.grounds:
            count["refused"] += 1
            count["strict alone"] += one.by_strict_alone
            count["foreseen"] += not one.missed
            count["same field"] += one.named
        if one.missed:
            self.wrong["a refusal is not foreseen"].append(one)
        if one.accepted and one.findings:
            count["held back"] += 1
            for finding in one.findings:
                if known := reason_of(one.case.operation, finding.field, finding.code):
                    self.stricter[known] += 1
        if one.unexplained():
            self.wrong["held back for no reason written down"].append(one)

    def total(self, name: str) -> int:
        return sum(count[name] for count in self.counts.values())

    def complaint(self) -> str:
        """The smallest example of everything that went wrong; empty when nothing did."""
        return "\n".join(f"{what} ({len(ones)}): {smallest(ones).told()}" for what, ones in self.wrong.items())

    def show(self) -> None:
        """Print both tables, and the smallest example of whatever went wrong."""
        console = Console(width=_WIDTH)
        table = Table(
            Column("operation", no_wrap=True),
            *_COLUMNS,
            title="What TPGateway's simulator refuses, and what we foresee of it",
        )
        for name, operation in OPERATIONS.items():
            table.add_row(f"{name} {operation.title}", *_cells(self.counts[name]))
        table.add_section()
        table.add_row("all", *_cells(sum(self.counts.values(), Counter())))
        console.print(table)
        reasons = Table(
            "times", "code", "why we are stricter on purpose", title="Held back, and taken by the simulator"
        )
        for known in STRICTER:
            reasons.add_row(str(self.stricter[known]), known.code, known.reason)
        console.print(reasons)
        console.print(self.complaint() or "Both readings agree wherever they have to.", markup=False)


def _cells(count: Counter[str]) -> list[str]:
    refused = count["refused"] or 1
    shares = {
        "foreseen": f"{100 * count['foreseen'] / refused:.1f} %",
        "same field": f"{100 * count['same field'] / refused:.1f} %",
    }
    return [
        shares.get(column, str(count[column])) if count["bent"] or column not in shares else "-" for column in _COLUMNS
    ]


async def judged(cases: Iterable[Case], stages: Mapping[Profile, Stage]) -> AsyncIterator[Judged]:
    """Each with both verdicts; sound ones are asked of both profiles."""
    for case in cases:
        yield await judge(case, stages, always_both=not case.bends)
