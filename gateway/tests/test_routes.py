import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routes import API, SERVICES, AmbiguousPath, find_route
from libs.errors import NotFound, Refused


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (f"{API}/course-runs/7/publish", "course"),
        (f"{API}/courses", "course"),
        (f"{API}/auth/me", "auth"),
        (f"{API}/enrolments/import", "enrolment"),
        (f"{API}/sync/jobs/7/requeue", "tpg-sync"),
        (f"{API}/compliance/summary", "tpg-sync"),
    ],
)
def test_a_path_leads_to_the_service_that_owns_it(path: str, service: str) -> None:
    assert find_route("GET", path, path.encode()).service == service


@pytest.mark.parametrize(
    "path",
    [
        "/internal/v1/submissions/run/7",
        "/ops/v1/dead-letters",
        "/api/internal/v1/x",
        f"{API}",
        f"{API}/",
        f"{API}/unknown",
        f"{API}/coursesx",
        f"{API}x/courses",
        "/API/v1/courses",
        "/livez",
    ],
)
def test_what_is_internal_or_unknown_leads_nowhere(path: str) -> None:
    with pytest.raises(NotFound):
        find_route("GET", path, path.encode())


@pytest.mark.parametrize(
    "raw",
    [
        b"/api/v1/courses/../../../internal/v1/x",
        b"/api/v1/courses/./x",
        b"/api/v1/courses/..",
        b"/api/v1//internal",
        b"/api/v1/courses/%2e%2e/internal",
        b"/api/v1/courses%2F..%2finternal",
        b"/api/v1/courses/%252e%252e/internal",
        b"/api/v1/courses\\internal",
        b"/api/v1/courses/%5cinternal",
        b"/api/v1/courses/a%00b",
        b"/api/v1/courses;x=1/internal",
    ],
)
def test_a_path_that_can_be_read_in_two_ways_is_refused(raw: bytes) -> None:
    with pytest.raises(AmbiguousPath):
        find_route("GET", raw.decode(), raw)


@given(st.sampled_from(["internal", "ops", "readyz", "metrics"]), st.text("ab%2e./\\;", max_size=12))
def test_no_spelling_reaches_what_is_internal(secret: str, noise: str) -> None:
    for path in (f"/{secret}/{noise}", f"/{noise}/{secret}", f"{API}/{noise}/../{secret}", f"{API}/{secret}/{noise}"):
        with pytest.raises(Refused):
            find_route("GET", path, path.encode())


def test_only_signing_in_keys_and_checking_in_are_public() -> None:
    assert find_route("POST", f"{API}/auth/token", b"/api/v1/auth/token").public
    assert find_route("GET", f"{API}/auth/jwks.json", b"/api/v1/auth/jwks.json").public
    assert find_route("POST", f"{API}/attendance/check-in", b"/api/v1/attendance/check-in").public
    assert not find_route("GET", f"{API}/attendance/check-in", b"/api/v1/attendance/check-in").public
    assert not find_route("POST", f"{API}/attendance/check-in/passes", b"/api/v1/attendance/check-in/passes").public
    assert not find_route("GET", f"{API}/auth/token", b"/api/v1/auth/token").public
    assert not find_route("POST", f"{API}/auth/users", b"/api/v1/auth/users").public
    for prefix in SERVICES:
        path = f"{API}/{prefix}"
        assert not find_route("GET", path, path.encode()).public
