"""`make ui` and its kin: build, check and test the ops UI, and take its pictures."""

import os
import subprocess
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from infra.local.layout import Layout
from infra.ui import node

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False)
DIST = node.UI / "dist"
_BUILT = DIST / ".built"
_MADE_OF = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
_FOLDERS = ("src", "public", "scripts")


def sources() -> list[Path]:
    """Everything the build is made of."""
    kept = [node.DOCUMENT, *(node.UI / name for name in _MADE_OF)]
    for folder in _FOLDERS:
        kept += [path for path in (node.UI / folder).rglob("*") if path.is_file() and not _generated(path)]
    return kept


def _generated(path: Path) -> bool:
    return path.parent.name == "api" and path.name in {"schema.d.ts", "constraints.ts"}


@cli.command()
def build(*, quiet: Annotated[bool, typer.Option(help="say nothing when it stands already")] = False) -> None:
    """Build the UI into gateway/ui/dist; does nothing when it was built from these very sources."""
    wanted = node.fingerprint(sources())
    if _BUILT.exists() and _BUILT.read_text() == wanted:
        if not quiet:
            console.print("  The UI is built from these very sources.")
        return
    began = time.monotonic()
    node.install()
    node.npm("run", "--silent", "generate")
    node.npm("run", "--silent", "build")
    _BUILT.write_text(wanted)
    console.print(f"  [green]✓[/] {'UI built':<38} [dim]{time.monotonic() - began:5.1f} s[/]")


@cli.command()
def check() -> None:
    """Types, lint and format of the UI."""
    node.install()
    node.npm("run", "--silent", "generate")
    node.npm("run", "--silent", "check")


@cli.command()
def fmt() -> None:
    """Format the UI's files."""
    node.install()
    node.npm("run", "--silent", "format")


@cli.command()
def test() -> None:
    """The UI's own tests: logic in Node, components in Chromium."""
    node.install()
    node.npm("run", "--silent", "generate")
    os.environ["TMS_CHROMIUM"] = node.chromium()
    node.npm("run", "--silent", "test")


@cli.command()
def screenshots() -> None:
    """Every page of the running system as pictures."""
    from infra.ui.screenshots import take_all  # here, so that a build needs no browser library

    written = take_all(Layout.from_environment())
    console.print(f"  {len(written)} pictures in {written[0].parent}")


@cli.command()
def budgets() -> None:
    """Weight and speed of the UI on the running system, beside their limits."""
    from infra.ui.budgets import measure  # here, so that a build needs no browser library

    table = Table("", "measured", "limit", box=None)
    figures = measure(Layout.from_environment())
    for figure in figures:
        mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]?[/]"}[figure.holds]
        told = figure.note if figure.measured is None else f"{figure.measured:.2f} {figure.unit}"
        table.add_row(f"{mark} {figure.name}", told, f"{figure.kind} {figure.limit:g} {figure.unit}")
    console.print(table)
    if any(figure.holds is False for figure in figures):
        raise SystemExit(1)


def main() -> None:
    try:
        cli()
    except node.ToolMissing as missing:
        console.print(f"\n  [red]✗[/] {missing}\n")
        raise SystemExit(1) from None
    except subprocess.CalledProcessError as failed:
        raise SystemExit(failed.returncode) from None


if __name__ == "__main__":
    main()
