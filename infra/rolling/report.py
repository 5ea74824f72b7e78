"""What a person reads at the end: how requests ended at each place, and what nobody should have met."""

from collections import Counter
from collections.abc import Set as AbstractSet

from rich.console import Console
from rich.table import Table

from infra.chaos.tally import ANSWERED, COME_BACK, Tally


def failures(tally: Tally, ended: AbstractSet[str]) -> Counter[str]:
    """What was neither an answer nor a word when to come back, by kind, each with the step it fell into.

    Connections lost while a gateway of an earlier release, which knew no hand-over, ended are counted apart.
    """
    found: Counter[str] = Counter()
    for (step, place, kind), count in tally.wrong.items():
        if not (step in ended and _is_connection(kind)):
            found[f"{place}: {kind}, during {step}"] += count
    return found


def lost_to_earlier(tally: Tally, ended: AbstractSet[str]) -> int:
    """Those connections, counted apart."""
    return sum(count for (step, _, kind), count in tally.wrong.items() if step in ended and _is_connection(kind))


def show(console: Console, tally: Tally, ended: AbstractSet[str]) -> bool:
    """Print it; answers whether a request failed."""
    table = Table(box=None, header_style="dim", padding=(0, 3, 0, 0))
    table.add_column("asked through the gateway")
    for heading in ("answered", "come back in …", "anything else", "longest answer"):
        table.add_column(heading, justify="right")
    for place in tally.places:
        wrong = tally.wrong_at(place)
        table.add_row(
            place,
            str(tally.endings[place, ANSWERED]),
            str(tally.endings[place, COME_BACK]),
            f"[{'red' if wrong else 'green'}]{wrong}[/]",
            f"{tally.longest_s.get(place, 0):.1f} s",
        )
    console.print(table)
    for failure, count in failures(tally, ended).most_common():
        console.print(f"  [red]{count} x[/]", failure, markup=True)
    if lost := lost_to_earlier(tally, ended):
        console.print(f"  {lost} connections lost while the earlier release's gateway ended, which knew no hand-over")
    return bool(failures(tally, ended))


def _is_connection(kind: str) -> bool:
    return not kind.isdecimal()
