"""`make cluster` writes NetworkPolicies and alarms; `make check` holds every overlay against schemas and policies.

python -m infra.k8s epochs production | kubectl apply -f -      after a restore from a backup
"""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.text import Text

from infra.k8s import alarms, network, policies, schemas
from infra.k8s.epochs import epoch_jobs
from infra.k8s.rendering import OVERLAYS, ROOT, NotRendered, overlays, render

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False, stderr=True)


@cli.command()
def write(
    runbooks: Annotated[str, typer.Option(help="Where this repository is read; else as before.")] = "",
) -> None:
    """Write anew what is generated: NetworkPolicies from the table of flows, alarms from infra/telemetry."""
    network.FILE.write_text(network.text())
    alarms.FILE.write_text(alarms.text(runbooks or alarms.runbooks()), encoding="utf-8")


@cli.command()
def check() -> None:
    """Render every overlay; say what is wrong with it and end with 1, or say nothing."""
    found = list(stale())
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


def stale() -> Iterator[str]:
    """Generated files that are not what they are generated from says."""
    for path, text in ((network.FILE, network.text()), (alarms.FILE, alarms.text(alarms.runbooks()))):
        if path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(ROOT)} is stale; run: make cluster"


if __name__ == "__main__":
    cli()
