"""All promises in one look; every number must be 0 once all has come to rest."""

from collections.abc import Sequence

import asyncpg

from infra.chaos.checks.marks import mark_violations
from infra.chaos.checks.messages import Counts, Heard, message_violations, sample_violations
from infra.chaos.checks.places import place_violations
from infra.chaos.checks.results import result_violations
from infra.chaos.checks.submissions import submission_violations
from infra.chaos.diary import Diary

Violations = dict[str, Counts]


async def count_violations(url: str, services: Sequence[str], heard: Heard, diary: Diary, control: str) -> Violations:
    """By area. Raises what a server that is away raises."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        counted = {
            "messages": await message_violations(connection, services, heard),
            "runs, people, places": await place_violations(connection, diary),
            "marks and rates": await mark_violations(connection, diary),
            "results": await result_violations(connection, diary),
            "TPGateway": await submission_violations(connection, control),
            "answers": {"answer nobody should get": diary.surprises.total()},
            "sample service": await sample_violations(url),
        }
    finally:
        await connection.close()
    return {area: {name: int(count) for name, count in counts.items()} for area, counts in counted.items()}


def any_broken(violations: Violations) -> bool:
    return not violations or any(count for counts in violations.values() for count in counts.values())
