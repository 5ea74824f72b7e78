"""Metrics for Prometheus, in the process's one registry, which also tells about the process itself."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

http_seconds = Histogram(
    "tms_http_request_seconds",
    "Time to answer an HTTP request, by route template.",
    ("service", "method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
http_in_progress = Gauge("tms_http_requests_in_progress", "HTTP requests being answered now.", ("service",))
duty_failures = Counter(
    "tms_duty_failures_total", "Duties of a worker that failed and began again.", ("service", "duty")
)
access_refused = Counter("tms_access_refused_total", "Requests refused for want of a permission.", ("service",))


def observe_request(service: str, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. `route` is the template, so that the number of series stays small."""
    known = method if method in _METHODS else "OTHER"
    http_seconds.labels(service, known, route, f"{status // 100}xx").observe(seconds)


def render() -> bytes:
    """All metrics of this process in the Prometheus text format."""
    return generate_latest()
