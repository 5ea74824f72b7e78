"""`make backup` and `make restore`: the whole database at one moment, out of a local system and into one.

python -m infra.backup take [FOLDER]
python -m infra.backup restore FOLDER
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from infra.backup import restoring
from infra.backup.checking import AuditBroken, NotChecked, administering, begin_comparison, verify_audit
from infra.backup.database import TROUBLE_OF_POSTGRES, ToolFailed
from infra.backup.keys import put_back
from infra.backup.manifest import BackupUnusable, Manifest
from infra.backup.taking import PlaceTaken, take, usual_place
from infra.local.layout import Layout
from infra.local.running import TROUBLE, LocalSystem, step
from infra.local.secrets import read_or_make
from libs.broker.channel import BrokerRefused

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)
PRIVATE = 0o077


@cli.command(name="take")
def back_up(to: Annotated[str, typer.Argument(help="a folder that is not there yet")] = "") -> None:
    """Write a backup, while people go on working: the dump and its manifest in one folder, the keys in another."""
    os.umask(PRIVATE)
    layout = Layout.from_environment()
    if not layout.secrets.exists():
        raise _given_up("There is no system here to back up.", "[bold]make up[/]")
    with _telling("mend what it says and run [bold]make backup[/] again; is it up? [bold]make status[/]"):
        place = Path(to).expanduser().absolute() if to else usual_place(layout)
        manifest, apart = asyncio.run(take(layout, read_or_make(layout.secrets, layout.services()), place))
    size = sum(file.size for file in manifest.files.values()) / 1_000_000
    console.print(f"\n  [green]✓[/] {place}  [dim]{sum(manifest.rows.values()):,} rows, {size:,.1f} MB[/]")
    console.print(f"  [yellow]![/] {apart} holds the keys that open what is sealed in it.")
    console.print("    Keep it apart from the backup: who has both reads everybody's data; who has lost it, nobody's.")
    console.print(f"\n  Back again:  [bold]make restore FROM={place}[/]\n")


@cli.command()
def restore(
    folder: Annotated[str, typer.Argument(help="what `make backup` has written")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Put a backup in the place of what this system holds now; what it holds now is kept beside it."""
    os.umask(PRIVATE)
    layout, source = Layout.from_environment(), Path(folder).expanduser().absolute()
    with _telling("nothing was changed; mend what it says and run it again"), step("the backup is whole, and ours"):
        manifest = restoring.check(layout, source)
    _ask(layout, manifest, yes=yes)
    put_back(layout, source)
    system = LocalSystem(layout, read_or_make(layout.secrets, layout.services()))
    with _telling(
        "nothing was changed. [bold]make up[/] goes on as before; or mend it and [bold]make restore[/] again"
    ):
        system.start_servers()
        system.stop_programs()
        asyncio.run(restoring.restore_beside(system, manifest, source))
    with _telling(f"the services stay down. Run it again:  [bold]make restore FROM={source}[/]"):
        if aside := asyncio.run(restoring.take_its_place(system)):
            console.print(f"    [dim]what was there is the database {aside} now[/]")
        system.provision()
        asyncio.run(restoring.begin_epochs(system))
    with _telling("it is restored. [bold]make up[/] starts it; then libs/database/README.md#restore-from-a-backup"):
        system.start_programs()
    _prove(system, manifest)
    _tell_next(manifest, aside)


def _ask(layout: Layout, manifest: Manifest, *, yes: bool) -> None:
    console.print(
        f"\n  The backup is of {manifest.made_at:%d %b %Y %H:%M:%S} UTC, {sum(manifest.rows.values()):,} rows."
    )
    console.print(f"  What was done in {layout.run} since then has not happened any more.")
    if not yes and not typer.confirm("  Restore it?"):
        raise typer.Exit(1)


def _prove(system: LocalSystem, manifest: Manifest) -> None:
    """Ask the restored system itself."""
    try:
        with administering(system.layout, system.secrets) as api:
            with step("the audit log holds"):
                entries = verify_audit(api, manifest)
            console.print(f"    [dim]{entries:,} entries, their links, columns, tree and signatures[/]")
            with step("TPGateway is asked what it holds"):
                comparison = begin_comparison(api)
            console.print(f"    [dim]GET /api/v1/sync/reconciliations/{comparison}[/]")
    except AuditBroken as fault:
        raise _given_up(f"The audit log does not hold: {fault}", "follow services/audit/README.md#runbooks") from None
    except NotChecked as trouble:
        raise _given_up(
            f"The system is restored and up, and was not checked: {trouble}",
            "by hand, what is left of libs/database/README.md#restore-from-a-backup",
        ) from None


def _tell_next(manifest: Manifest, aside: str | None) -> None:
    console.print(f"\n  [bold green]Restored[/] as of {_moment(manifest)}.\n")
    console.print("  What is left for people stands in libs/database/README.md#restore-from-a-backup.")
    if aside:
        console.print(f"  What was there before is the database [bold]{aside}[/]; drop it once nobody needs it.")
    console.print()


def _moment(manifest: Manifest) -> str:
    return f"{manifest.made_at:%d %b %Y %H:%M:%S} UTC"


@contextmanager
def _telling(following: str) -> Iterator[None]:
    """What fails inside is told in a few words, with what to do next."""
    try:
        yield
    except (*TROUBLE, *TROUBLE_OF_POSTGRES, BackupUnusable, PlaceTaken, ToolFailed, BrokerRefused) as failure:
        raise _given_up(str(failure) or type(failure).__name__, following) from None


def _given_up(reason: str, following: str) -> typer.Exit:
    console.print("\n  [red]✗[/]", Text(reason))
    console.print(f"\n  [bold]Next:[/] {following}.\n")
    return typer.Exit(1)


if __name__ == "__main__":
    cli()
