"""Keeps the published contracts true: frozen event schemas, AsyncAPI, event map, access matrix, OpenAPI.

python -m infra.contracts write    after a change that only adds
python -m infra.contracts check    what `make check` runs
"""

import sys
from typing import Annotated

import typer

from infra.contracts.documents import broken, expected_documents, stale

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


def _refuse_broken_promises() -> None:
    problems = broken()
    for problem in problems:
        typer.echo(f"✗ {problem}", err=True)
    if problems:
        typer.echo("\nA reader relies on these. Declare a new version of the event beside the old one.", err=True)
        raise typer.Exit(1)


@cli.command()
def write() -> None:
    """Write every generated document anew; refuses a change that would break a reader."""
    _refuse_broken_promises()
    documents = expected_documents()
    for path, text in documents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    typer.echo(f"{len(documents)} documents are up to date.")


@cli.command()
def check(*, quiet: Annotated[bool, typer.Option(help="say nothing when all is well")] = False) -> None:
    """Fail when a document differs from the code, naming which and what to do."""
    _refuse_broken_promises()
    differing = stale()
    for name in differing:
        typer.echo(f"✗ {name} is not what the code says", err=True)
    if differing:
        typer.echo("\nRun `make contracts` and review the difference.", err=True)
        raise typer.Exit(1)
    if not quiet:
        typer.echo("contracts: frozen schemas, AsyncAPI, OpenAPI, event map and access matrix agree with the code")


if __name__ == "__main__":
    sys.exit(cli())
