"""`make network` writes the NetworkPolicies; `make check` holds every overlay against schemas and policies.

python -m infra.k8s epochs production | kubectl apply -f -      after a restore from a backup
"""

import sys
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.text import Text

from infra.k8s import network, policies, schemas
from infra.k8s.epochs import epoch_jobs
from infra.k8s.rendering import OVERLAYS, NotRendered, overlays, render

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False, stderr=True)


@cli.command()
def write() -> None:
    """Write k8s/base/network.yaml anew from the table of flows."""
    network.FILE.write_text(network.text())


@cli.command()
def check() -> None:
    """Render every overlay; say what is wrong with it and end with 1, or say nothing."""
    found = [] if network.FILE.read_text() == network.text() else ["k8s/base/network.yaml is stale; run: make network"]
    for overlay in overlays():
        try:
            things = render(OVERLAYS / overlay)
        except NotRendered as refused:
            found.append(f"{overlay}: {refused}")
            continue
        told = [mistake for thing in things for mistake in schemas.mistakes(thing)] + policies.breaches(things)
        found += [f"{overlay}: {mistake}" for mistake in told]
    for mistake in found:
        console.print("  [red]✗[/]", Text(mistake))
    raise typer.Exit(bool(found))


@cli.command()
def epochs(overlay: Annotated[str, typer.Argument(help="whose services")] = "production") -> None:
    """Print the Jobs by which every service begins a new epoch, once a backup was restored."""
    sys.stdout.write(yaml.safe_dump_all(epoch_jobs(render(OVERLAYS / overlay)), sort_keys=False))


if __name__ == "__main__":
    cli()
