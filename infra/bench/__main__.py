"""`python -m infra.bench`: ratios against peers, measured in the same run; with a name, one of them."""

import typer

cli = typer.Typer(add_completion=False, help="Ratios against peers, measured in the same run.")


@cli.command()
def gateway() -> None:
    """Requests through the gateway against the same endpoint through nginx."""
    from infra.bench.gateway import run

    raise typer.Exit(0 if run() else 1)


@cli.command()
def messaging() -> None:
    """Events through the relay and into an inbox against aio-pika alone."""
    from infra.bench.messaging import run_throughput

    raise typer.Exit(0 if run_throughput() else 1)


@cli.command()
def latency() -> None:
    """How long a commit takes to become an effect in another process."""
    from infra.bench.messaging import run_latency

    raise typer.Exit(0 if run_latency() else 1)


@cli.command()
def replay() -> None:
    """Live events while a thousand dead letters are replayed, against the same without."""
    from infra.bench.replay import run

    raise typer.Exit(0 if run() else 1)


@cli.command()
def sync() -> None:
    """Sync jobs against an RQ worker that posts the same to the simulator."""
    from infra.bench.sync import run

    raise typer.Exit(0 if run() else 1)


@cli.command()
def imports() -> None:
    """Rows of a spreadsheet judged and taken, against a bare app that inserts them one by one."""
    from infra.bench.imports import run

    raise typer.Exit(0 if run() else 1)


@cli.command()
def audit() -> None:
    """A million audit entries: reading all of it again, one proof, one append."""
    from infra.bench.audit import run

    raise typer.Exit(0 if run() else 1)


@cli.command()
def compliance() -> None:
    """The compliance calendar with 50,000 open duties and a million enrolments: its summary, its queue, its lists."""
    from infra.bench.compliance import run

    raise typer.Exit(0 if run() else 1)


@cli.command()
def lists() -> None:
    """Lists of enrolments and the search for people, a million of each."""
    from infra.bench.lists import run

    raise typer.Exit(0 if run() else 1)


@cli.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """Ratios against peers, measured in the same run. Without a name, all of them, one after the other."""
    if context.invoked_subcommand is not None:
        return
    reached = []
    for one in (gateway, messaging, latency, replay, sync, imports, audit, compliance, lists):
        try:
            one()
        except typer.Exit as ended:
            reached.append(ended.exit_code == 0)
    raise typer.Exit(0 if all(reached) else 1)


if __name__ == "__main__":
    cli()
