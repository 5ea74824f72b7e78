"""Which `x-api-version` each family has been seen to take. Retired ones are a switch, as nobody publishes the dates."""

from infra.tpg_simulator.refusals import Refusal
from infra.tpg_simulator.switches import Switches

SEEN: dict[str, frozenset[str]] = {
    "courseRuns": frozenset({"v1.0"}),
    "sessions": frozenset({"v1.0", "v1.2", "v1.3", "v1.4", "v1.5"}),
    "attendance": frozenset({"v1.4", "v1.5"}),
    "tpg": frozenset({"v1", "v3.0"}),
    "trainers": frozenset({"v2.0"}),
    "claims": frozenset({"v2"}),
    "registry": frozenset({"v8.0"}),
}


def expired() -> Refusal:
    return Refusal(403, "Api Version has expired", at_the_door=True)


def check_version(family: str, version: str | None, switches: Switches) -> None:
    """Refuse retired and unknown versions; no header means the newest."""
    if not version:
        return
    if version in switches.versions_retired.get(family, ()):
        raise expired()
    if version not in SEEN[family]:
        raise Refusal(403, "This API version does not seem to exist", at_the_door=True)
