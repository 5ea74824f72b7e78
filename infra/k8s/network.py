"""The NetworkPolicies of the table in `flows`: all is refused, and every party may what it needs, on both ends."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from infra.k8s.flows import ADDRESSES, DNS, NAMESPACES, PODS, Flow, flows
from infra.k8s.rendering import ROOT

FILE = ROOT / "k8s" / "base" / "network.yaml"
HEAD = "# Written by `make cluster` from infra/k8s/flows.py, which says why each of these may be.\n"


def text() -> str:
    """The file."""
    documents = [_policy("default-deny", {}, [], []), *_policies(flows())]
    return HEAD + "---\n".join(
        yaml.dump(document, sort_keys=False, width=120, default_flow_style=None) for document in documents
    )


def _policies(table: Sequence[Flow]) -> Iterable[dict[str, Any]]:
    for party, labels in PODS.items():
        incoming = [(flow.client, flow.port) for flow in table if flow.server == party]
        outgoing = [(flow.server, flow.port) for flow in table if flow.client == party]
        yield _policy(party, {"matchLabels": labels}, _rules(incoming, "from"), _rules(outgoing, "to"))


def _policy(name: str, selector: dict[str, Any], ingress: list[Any], egress: list[Any]) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {
            "podSelector": selector,
            "policyTypes": ["Ingress", "Egress"],
            **({"ingress": ingress} if ingress else {}),
            **({"egress": egress} if egress else {}),
        },
    }


def _rules(ends: Iterable[tuple[str, int]], side: str) -> list[dict[str, Any]]:
    """One rule for all who are met on the same ports."""
    ports: dict[str, list[int]] = defaultdict(list)
    for other, port in ends:
        ports[other].append(port)
    together: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for other, met_on in ports.items():
        together[tuple(sorted(met_on))].append(other)
    return [
        {
            side: [_peer(other) for other in sorted(others)],
            "ports": [_port(port, kind) for port in met_on for kind in _kinds(port)],
        }
        for met_on, others in sorted(together.items())
    ]


def _kinds(port: int) -> tuple[str, ...]:
    return ("UDP", "TCP") if port == DNS else ("TCP",)


def _port(port: int, protocol: str) -> dict[str, Any]:
    return {"port": port, "protocol": protocol}


def _peer(party: str) -> dict[str, Any]:
    if party in PODS:
        return {"podSelector": {"matchLabels": dict(PODS[party])}}
    if party in NAMESPACES:
        return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACES[party]}}}
    excepted = list(ADDRESSES[party])
    return {"ipBlock": {"cidr": "0.0.0.0/0", **({"except": excepted} if excepted else {})}}
