"""Which service answers which path: data, matched by the longest prefix of whole segments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from libs.errors import NotFound, Refused

API = "/api/v1"

SERVICES: Mapping[str, str] = {
    "auth": "auth",
    "courses": "course",
    "course-runs": "course",
    "trainers": "course",
    "venues": "course",
    "trainees": "enrolment",
    "employers": "enrolment",
    "enrolments": "enrolment",
    "attendance": "attendance",
    "assessments": "assessment",
    "audit": "audit",
    "sync": "tpg-sync",
    "compliance": "tpg-sync",
}
"""First segments below the API root. A longer prefix (`enrolments/import`) may stand beside a shorter one."""

PUBLIC = frozenset(
    {
        ("POST", f"{API}/auth/token"),
        ("POST", f"{API}/auth/token/renew"),
        ("GET", f"{API}/auth/jwks.json"),
        ("POST", f"{API}/auth/logout"),
        ("GET", f"{API}/audit/checkpoints/keys"),
        ("POST", f"{API}/attendance/check-in"),
    }
)
"""No access token is asked for here: these hand one out or renew it, publish keys, end a sign-in by its refresh token,
or take the personal pass of somebody who has no account."""
VERIFY = f"{API}/assessments/certificates/verify/"
"""With one more segment, the code: anybody may ask whether a certificate holds, as often as a person would."""
SIGN_IN = f"{API}/auth/token"
IMPORTS = frozenset({f"{API}/enrolments/import", f"{API}/attendance/import"})
"""Paths that take large bodies."""

_ROOT_DEPTH = API.count("/") + 1
_LONGEST = max(prefix.count("/") for prefix in SERVICES) + 1
# Spellings that a service might read as another path than we do: encoded separators and dots, empty and dot segments,
# backslashes, control characters, parameters.
_AMBIGUOUS = re.compile(rb"%(?:2[ef]|5c|00|25)|//|/\.{1,2}(?:/|$)|[\\;\x00-\x20\x7f-\xff]", re.IGNORECASE)


class AmbiguousPath(Refused):
    """The path could be read in more than one way."""

    code = "ambiguous_path"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. `prefix` names it in metrics, traces and logs: whole paths hold ids."""

    service: str
    prefix: str
    public: bool
    sign_in: bool
    verifying: bool
    large_body: bool


_PREFIXES = {f"{API}/{prefix}": service for prefix, service in SERVICES.items()}


def refuse_ambiguous(raw_path: bytes) -> None:
    """Raise AmbiguousPath (400) for a spelling that could be read as another path."""
    if _AMBIGUOUS.search(raw_path):
        raise AmbiguousPath("Write the path plainly: no encoded slashes or dots, no empty segments.")


def find_route(method: str, path: str, raw_path: bytes) -> Route:
    """The route of a path; raises AmbiguousPath (400) or NotFound (404), as for anything internal."""
    refuse_ambiguous(raw_path)
    prefix = _longest_prefix(path)
    if prefix is None:
        raise NotFound("page", "at this path")
    verifying = method == "GET" and _asks_about_a_code(path)
    return Route(
        service=_PREFIXES[prefix],
        prefix=prefix,
        public=verifying or (method, path) in PUBLIC,
        sign_in=path == SIGN_IN,
        verifying=verifying,
        large_body=path in IMPORTS,
    )


def _asks_about_a_code(path: str) -> bool:
    code = path.removeprefix(VERIFY)
    return code not in {"", path} and "/" not in code


def _longest_prefix(path: str) -> str | None:
    segments = path.split("/", _ROOT_DEPTH + _LONGEST)
    for depth in range(_ROOT_DEPTH + _LONGEST, _ROOT_DEPTH, -1):
        prefix = "/".join(segments[:depth])
        if prefix in _PREFIXES:
            return prefix
    return None
