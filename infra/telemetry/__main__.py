"""Keeps Grafana's JSON as the dashboards' Python says.

python -m infra.telemetry write    after a change
python -m infra.telemetry check    what `make check` runs
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import typer

from infra.telemetry.dashboards import ALL

FOLDER: Final = Path(__file__).parent / "grafana" / "dashboards"
cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


def expected() -> Mapping[Path, str]:
    """Every file of dashboards with its text."""
    return {
        FOLDER / f"{dashboard.uid.removeprefix('tms-')}.json": json.dumps(dashboard.document(), indent=2) + "\n"
        for dashboard in ALL
    }


def stale() -> list[str]:
    """Files that are missing, other than they should be, or no dashboard's."""
    wanted = expected()
    differing = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return sorted(path.name for path in [*differing, *(set(FOLDER.glob("*.json")) - wanted.keys())])


@cli.command()
def write() -> None:
    """Write every dashboard anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in expected().items():
        path.write_text(text, encoding="utf-8")
    typer.echo(f"{len(ALL)} dashboards are up to date.")


@cli.command()
def check() -> None:
    """Fail when a dashboard's file differs from what its Python says."""
    differing = stale()
    for name in differing:
        typer.echo(f"✗ grafana/dashboards/{name} is not what infra/telemetry/dashboards says", err=True)
    if differing:
        typer.echo("\nRun `python -m infra.telemetry write` and review the difference.", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    sys.exit(cli())
