"""`python -m infra.bench <what>`: one ratio against a peer, measured in the same run."""

import typer

cli = typer.Typer(add_completion=False, no_args_is_help=True, help="Ratios against peers, measured in the same run.")


@cli.command()
def gateway() -> None:
    """Requests through the gateway against the same endpoint through nginx."""
    from infra.bench.gateway import run

    raise typer.Exit(0 if run() else 1)


@cli.command()
def sync() -> None:
    """Sync jobs against an RQ worker that posts the same to the simulator."""
    from infra.bench.sync import run

    raise typer.Exit(0 if run() else 1)


@cli.callback()
def about() -> None:
    """Ratios against peers, measured in the same run."""


if __name__ == "__main__":
    cli()
