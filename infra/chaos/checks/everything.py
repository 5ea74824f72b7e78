"""All promises in one look; every number must be 0 once all has come to rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from infra.chaos.checks.marks import mark_violations
from infra.chaos.checks.mended import Aftermath, mended_violations
from infra.chaos.checks.messages import Counts, Heard, message_violations, sample_violations
from infra.chaos.checks.places import place_violations
from infra.chaos.checks.results import result_violations
from infra.chaos.checks.submissions import submission_violations
from infra.chaos.diary import Diary

Violations = dict[str, Counts]
IN_THE_DATABASE = ("messages", "runs, people, places", "marks and rates", "results", "TPGateway")
PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Counting:
    """What the promises are counted against."""

    services: Sequence[str]
    heard: Heard
    diary: Diary
    control: str
    """The simulator's control address."""
    aftermath: Aftermath | None = None
    """What was done in the portal, once it was."""

    @property
    def areas(self) -> tuple[str, ...]:
        return IN_THE_DATABASE if self.aftermath is None else (*IN_THE_DATABASE, PORTAL)

    async def count(self, connection: asyncpg.Connection, area: str) -> Counts:
        match area:
            case "messages":
                return await message_violations(connection, self.services, self.heard)
            case "runs, people, places":
                return await place_violations(connection, self.diary)
            case "marks and rates":
                return await mark_violations(connection, self.diary)
            case "results":
                return await result_violations(connection, self.diary)
            case "portal" if self.aftermath is not None:
                return await mended_violations(connection, self.control, self.aftermath)
            case _:
                return await submission_violations(connection, self.control)

    async def count_all(self, url: str) -> Violations:
        """By area. Raises what a server that is away raises."""
        connection = await asyncpg.connect(url, timeout=10)
        try:
            counted = {area: await self.count(connection, area) for area in self.areas}
        finally:
            await connection.close()
        counted["answers"] = {"answer nobody should get": self.diary.surprises.total()}
        counted["sample service"] = await sample_violations(url)
        return {area: {name: int(count) for name, count in counts.items()} for area, counts in counted.items()}


def any_broken(violations: Violations) -> bool:
    return not violations or any(count for counts in violations.values() for count in counts.values())
