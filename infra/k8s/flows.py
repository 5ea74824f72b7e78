"""Who may talk to whom in the cluster, and why; nothing else passes.

`k8s/base/network.yaml` is written from this table. Who hears events, and so reads the others' feeds, is read from the
code; whom a service asks beside that stands in `ASKED_BY_API`, and a test holds it against the code.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.contracts.documents import handlers_of, service_names
from infra.local.layout import wire_name

HTTP, POSTGRES, AMQPS, OTLP, DNS, HTTPS = 8080, 5432, 5671, 4318, 53, 443

Selector = dict[str, object]


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """`client` opens connections to `server` on this TCP port."""

    client: str
    server: str
    port: int
    because: str


SERVICES = tuple(wire_name(service) for service in service_names())
ROLES = ("api", "worker", "migrate")

PODS: dict[str, dict[str, str]] = {
    "gateway": {"app.kubernetes.io/name": "gateway"},
    **{
        f"{service}-{role}": {"app.kubernetes.io/name": service, "app.kubernetes.io/component": role}
        for service in SERVICES
        for role in ROLES
    },
    "postgres": {"cnpg.io/cluster": "tms-postgres"},
    "rabbitmq": {"app.kubernetes.io/name": "tms-rabbitmq"},
}
"""Everybody in the namespace, by labels."""

NAMESPACES = {
    "ingress": "ingress-nginx",
    "prometheus": "monitoring",
    "collector": "observability",
    "postgres-operator": "cnpg-system",
    "dns": "kube-system",
}
"""Everybody elsewhere in the cluster, by the namespace they live in; an overlay patches what is called otherwise."""

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
ADDRESSES: dict[str, tuple[str, ...]] = {"internet": PRIVATE, "cluster-api": (), "object-store": ()}
"""Everybody who has no labels: every address but these. The cluster's own API has no address one could know here."""

ASKED_BY_API = {
    "attendance": ("enrolment",),  # services/attendance/client.py: the names on a sheet
    "assessment": ("enrolment",),  # services/assessment/api/holders.py: whose certificate it is
    "enrolment": ("tpg-sync",),  # services/enrolment/client.py: what is still owed of a person
    # services/tpg_sync/client: claim checks, and the evidence of a run with audit's signature
    "tpg-sync": ("assessment", "attendance", "audit", "course", "enrolment"),
}


TOKENS = "the keys that tokens are checked with, own tokens, and the event feed"


def flows() -> list[Flow]:
    """Every connection that is needed."""
    return sorted({*_people(), *_services(), *_data(), *_watching()})


def _people() -> Iterator[Flow]:
    yield Flow("ingress", "gateway", HTTP, "people and integrators")
    for service in SERVICES:
        yield Flow("gateway", f"{service}-api", HTTP, "passes requests on, reads event logs and health")


def _services() -> Iterator[Flow]:
    for service in SERVICES:
        for role in ("api", "worker"):
            yield Flow(f"{service}-{role}", "auth-api", HTTP, TOKENS)
        for owner in ASKED_BY_API.get(service, ()):
            yield Flow(f"{service}-api", f"{owner}-api", HTTP, "asks the owner of a record")
        if handlers_of(service.replace("-", "_")) is not None:
            for source in SERVICES:
                because = TOKENS if source == "auth" else "gap repair and sweep read every event feed"
                yield Flow(f"{service}-worker", f"{source}-api", HTTP, because)
    yield Flow("tpg-sync-worker", "internet", HTTPS, "TPGateway")


def _data() -> Iterator[Flow]:
    for service in SERVICES:
        for role in ROLES:
            yield Flow(f"{service}-{role}", "postgres", POSTGRES, "its own schema")
        yield Flow(f"{service}-worker", "rabbitmq", AMQPS, "relay and consumer")
    for port in (POSTGRES, 8000):
        yield Flow("postgres", "postgres", port, "standbys follow the primary; instances ask each other's state")
        yield Flow("postgres-operator", "postgres", port, "the operator sees and steers the instances")
    yield Flow("postgres", "object-store", HTTPS, "backups")
    for port in (4369, 25672, *range(35672, 35683)):
        yield Flow("rabbitmq", "rabbitmq", port, "the nodes are one cluster")
    for client in ("postgres", "rabbitmq"):
        for port in (HTTPS, 6443):
            yield Flow(client, "cluster-api", port, "instances find each other and tell their state")


def _watching() -> Iterator[Flow]:
    for program in _programs():
        yield Flow("prometheus", program, HTTP, "metrics")
        yield Flow(program, "collector", OTLP, "traces")
    yield Flow("prometheus", "postgres", 9187, "metrics")
    yield Flow("prometheus", "rabbitmq", 15691, "metrics")
    for pod in PODS:
        yield Flow(pod, "dns", DNS, "names")


def _programs() -> list[str]:
    return ["gateway", *(f"{service}-{role}" for service in SERVICES for role in ("api", "worker"))]
