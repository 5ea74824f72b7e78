"""`make preflight`: what TPGateway's simulator refuses, and whether our own rules foresee it, as a table."""

import asyncio
from typing import Annotated

import typer

from infra.preflight_corpus import corpus
from infra.preflight_corpus.report import Report, judged
from infra.preflight_corpus.stage import open_stage

EACH, OFTEN = 170, 40
"""Sound requests, and requests bent more than once, of each operation."""


def main(
    seed: Annotated[int, typer.Option(help="Another seed draws and bends other requests.")] = 0,
    each: Annotated[int, typer.Option(help="Sound requests of each operation.")] = EACH,
    often: Annotated[int, typer.Option(help="Requests bent several times, of each operation.")] = OFTEN,
) -> None:
    """Print the table; leave with 1 when the two readings disagree where they may not."""
    report = asyncio.run(_judge(seed, each, often))
    report.show()
    raise typer.Exit(1 if report.wrong else 0)


async def _judge(seed: int, each: int, often: int) -> Report:
    report = Report()
    async with open_stage("uat") as uat, open_stage("strict") as strict:
        cases = [*corpus.sound(seed, each), *corpus.bad(seed, often)]
        async for one in judged(cases, {"uat": uat, "strict": strict}):
            report.add(one)
    return report


if __name__ == "__main__":
    typer.run(main)
