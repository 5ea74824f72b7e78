"""Both verdicts on one request, side by side, and what they mean for each other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from infra.preflight_corpus.case import Case, find_at
from infra.preflight_corpus.grounds import Detail, on_field_grounds
from infra.preflight_corpus.operations import OPERATIONS
from infra.preflight_corpus.stage import PROFILES, Profile, Refused, Stage
from infra.preflight_corpus.stricter import reason_of
from libs.tpgateway.rules.finding import Finding, blocking

_POSITION: Final = re.compile(r"\[\d+\]")
_PLACE: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Judged:
    """`refused` by profile, None for accepted; the strict one is not asked where the lenient one has said enough."""

    case: Case
    refused: Mapping[Profile, Refused | None]
    findings: tuple[Finding, ...]

    @property
    def grounds(self) -> tuple[Detail, ...]:
        """Complaints about the request's own fields, of the first profile that has any."""
        told = (on_field_grounds(self.case, refused) for refused in self.refused.values())
        return next((details for details in told if details), ())

    @property
    def by_strict_alone(self) -> bool:
        return bool(self.grounds) and not on_field_grounds(self.case, self.refused["uat"])

    @property
    def accepted(self) -> bool:
        return not any(self.refused.values())

    @property
    def missed(self) -> bool:
        """Refused for what it says, and we would have sent it."""
        return bool(self.grounds) and not self.findings

    @property
    def named(self) -> bool:
        """Whether one of our findings stands at a field the refusal names, or at what that field is part of."""
        theirs = [_bare(field) for field, _ in self.grounds]
        return any(_meet(_bare(finding.field), field) for finding in self.findings for field in theirs)

    @property
    def broken(self) -> bool:
        return any(refused.status >= 500 for refused in self.refused.values() if refused)  # noqa: PLR2004 - HTTP

    def unexplained(self) -> list[Finding]:
        """What we hold back although the simulator takes the request, and nobody wrote down why."""
        if not self.accepted:
            return []
        return [one for one in self.findings if reason_of(self.case.operation, one.field, one.code) is None]

    def told(self) -> str:
        """For people: what was asked, what was done to it, and both verdicts."""
        lines = [f"{self.case.operation}: {', then '.join(self.case.bends) or 'as drawn'}"]
        for profile, refused in self.refused.items():
            said = "accepted" if refused is None else f"{refused.status} {dict(refused.details)}"
            lines.append(f"  simulator, {profile}: {said}")
        said = ", ".join(f"{one.code} at {one.field}" for one in self.findings) or "nothing against it"
        lines.append(f"  pre-flight: {said}")
        fields = {field: find_at(self.case.body, _place_of(field)) for field in self._fields()}
        lines.append(f"  values: {fields}")
        return "\n".join(lines)

    def _fields(self) -> list[str]:
        return [field for field, _ in self.grounds] + [finding.field for finding in self.findings]


async def judge(case: Case, stages: Mapping[Profile, Stage], *, always_both: bool = False) -> Judged:
    """Ask both readings. The strict profile refuses all that the lenient one does, so it is asked only where needed."""
    operation = OPERATIONS[case.operation]
    refused: dict[Profile, Refused | None] = {}
    for profile in PROFILES:
        refused[profile] = await stages[profile].ask(operation.path, case.body, now=operation.now)
        if not always_both and on_field_grounds(case, refused[profile]):
            break
    return Judged(case, refused, tuple(blocking(operation.findings(case.body))))


def smallest(judged: list[Judged]) -> Judged:
    return min(judged, key=lambda one: (len(one.case.bends), len(repr(one.case.body))))


def _bare(field: str) -> str:
    return _POSITION.sub("", field).replace("assessments.", "assessment.")


def _meet(ours: str, theirs: str) -> bool:
    return ours == theirs or ours.startswith(f"{theirs}.") or theirs.startswith(f"{ours}.")


def _place_of(field: str) -> tuple[str | int, ...]:
    return tuple(name or int(position) for name, position in _PLACE.findall(field))
