"""`make check`: no migration may fail the release before it, whose processes run on while a new one takes over."""

import typer
from rich.console import Console
from rich.text import Text

from infra.migrations.step import every_step
from infra.migrations.widening import mistakes, releases

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False, stderr=True)
DECLARE = """
  Widen first, and take away in a later release. When that has come, declare it in the migration:
      narrows = {"ban-drop-column": ("0.2.0", "since then nothing reads it")}
  See libs/database/README.md."""


@cli.callback()
def about() -> None:
    """Whether every schema only ever widens under the release that runs."""


@cli.command()
def check() -> None:
    """Say which migrations narrow without a word, and end with 1; or say nothing."""
    released = releases()
    found = [mistake for step in every_step() for mistake in mistakes(step, released)]
    for mistake in found:
        console.print("  [red]✗[/]", Text(mistake))
    if found:
        console.print(DECLARE, markup=False)
    raise typer.Exit(bool(found))


if __name__ == "__main__":
    cli()
