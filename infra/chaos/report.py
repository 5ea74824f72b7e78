"""What a person reads at the end."""

from collections import Counter

from rich.console import Console
from rich.table import Table

from infra.chaos.checks.everything import Violations, any_broken
from infra.chaos.diary import Diary


def report(console: Console, diary: Diary, violations: Violations) -> bool:
    """Print what was done, what was killed, and every promise; answers whether one was broken."""
    console.print(f"  [bold]done[/]      {_listed(diary.done)}")
    console.print(f"  [bold]kills[/]     {diary.struck.total()}: {_listed(diary.struck)}")
    console.print(f"  [bold]fell into[/] {_listed(diary.hit)}")
    console.print(f"  [bold]repeats[/]   {diary.repeats.total()}: {_listed(diary.repeats)}\n")
    table = Table(box=None, header_style="dim", padding=(0, 3, 0, 0))
    for heading in ("where", "promise broken", "times"):
        table.add_column(heading, justify="right" if heading == "times" else "left")
    for where, group in violations.items():
        for number, (name, count) in enumerate(group.items()):
            colour = "red" if count else "green"
            table.add_row(where if number == 0 else "", name, f"[{colour}]{count}[/]")
    console.print(table)
    for surprise, count in diary.surprises.most_common():
        console.print(f"  {count} x {surprise}", markup=False)
    broken = any_broken(violations)
    console.print("\n  [red]A promise was broken.[/]\n" if broken else "\n  [green]Every promise held.[/]\n")
    return broken


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()) if count) or "nothing"
