"""Places: of a run, or of one of its sessions."""

from collections.abc import Iterator

from libs.tpgateway.course_runs.parts import RunVenue
from libs.tpgateway.rules.fields import judge_fields
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.ruleset import RuleSet


def judge_venue(venue: RunVenue, at: str, *, needed: bool, ruleset: RuleSet) -> Iterator[Finding]:
    """`needed` where the mode of training wants floor, unit, postal code and room."""
    yield from judge_fields(venue.body(), at, "venue", {"placed"} if needed else set(), ruleset)
