"""Where secrets come from: every one that is named is made by an ExternalSecret here, or by an operator."""

from collections.abc import Iterator, Sequence
from typing import Any

from infra.k8s.rendering import WORKLOADS, Thing, containers_of, of_kind, pod_of, title

Named = tuple[str, str, str | None]
"""Who names a secret, which one, and which key of it; None when all are taken as they come."""

TLS_KEYS = ("tls.crt", "tls.key")


def unprovided(things: Sequence[Thing]) -> Iterator[str]:
    provided = {**_from_operators(things), **_from_store(things)}
    for who, secret, key in _named(things):
        if secret not in provided:
            yield f"{who} names the secret {secret}, which nothing provides"
        elif key is not None and key not in provided[secret]:
            yield f"{who} reads {key} of {secret}, which does not hold it"
    for thing in of_kind(things, "Secret"):
        yield f"{title(thing)} stands in the open"


def keys_of(external: Thing) -> set[str]:
    return {entry["secretKey"] for entry in external["spec"]["data"]}


def _from_store(things: Sequence[Thing]) -> dict[str, set[str]]:
    return {
        external["spec"].get("target", {}).get("name", external["metadata"]["name"]): keys_of(external)
        for external in of_kind(things, "ExternalSecret")
    }


def _from_operators(things: Sequence[Thing]) -> dict[str, set[str]]:
    """CloudNativePG makes a CA for each cluster and, when asked, its superuser."""
    made: dict[str, set[str]] = {}
    for cluster in of_kind(things, "Cluster"):
        name = cluster["metadata"]["name"]
        made[f"{name}-ca"] = {"ca.crt", "ca.key"}
        if cluster["spec"].get("enableSuperuserAccess"):
            made[f"{name}-superuser"] = {"username", "password"}
    return made


def _named(things: Sequence[Thing]) -> Iterator[Named]:
    for workload in of_kind(things, *WORKLOADS):
        yield from _of_pod(title(workload), pod_of(workload)["spec"])
        for container in containers_of(workload):
            yield from _of_container(title(workload), container)
    for ingress in of_kind(things, "Ingress"):
        for entry in ingress["spec"].get("tls", []):
            yield from ((title(ingress), entry["secretName"], key) for key in TLS_KEYS)
    for broker in of_kind(things, "RabbitmqCluster"):
        yield from ((title(broker), broker["spec"]["tls"]["secretName"], key) for key in TLS_KEYS)
        yield from _of_pod(title(broker), broker["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"])
    for store in of_kind(things, "ObjectStore"):
        for entry in store["spec"]["configuration"]["s3Credentials"].values():
            yield title(store), entry["name"], entry["key"]
    for monitor in of_kind(things, "ServiceMonitor"):
        for endpoint in monitor["spec"]["endpoints"]:
            entry = endpoint["tlsConfig"]["ca"]["secret"]
            yield title(monitor), entry["name"], entry["key"]


def _of_pod(who: str, spec: dict[str, Any]) -> Iterator[Named]:
    for volume in spec.get("volumes", []):
        if "secret" in volume:
            for item in volume["secret"].get("items", [{"key": None}]):
                yield who, volume["secret"]["secretName"], item["key"]


def _of_container(who: str, container: dict[str, Any]) -> Iterator[Named]:
    for source in container.get("envFrom", []):
        if "secretRef" in source:
            yield who, source["secretRef"]["name"], None
    for entry in container.get("env", []):
        if "secretKeyRef" in entry.get("valueFrom", {}):
            chosen = entry["valueFrom"]["secretKeyRef"]
            yield who, chosen["name"], chosen["key"]
