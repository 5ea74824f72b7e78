"""What the rendered NetworkPolicies let through, judged as Kubernetes does.

Both ends must allow a connection, and a pod that no policy chooses allows everything.
"""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

from infra.k8s.flows import ADDRESSES, NAMESPACES, PODS, flows
from infra.k8s.rendering import WORKLOADS, Thing, fits, of_kind, pod_of, title

_NAMESPACE = "kubernetes.io/metadata.name"
_SOMEWHERE = {"internet": "8.8.8.8", "cluster-api": "10.0.0.1", "object-store": "10.0.0.2"}
"""An address of each party that has no labels."""


_Policies = dict[tuple[str, str], list[Any]]


def differences(things: Sequence[Thing]) -> Iterator[str]:
    """Every connection that is let through without need, and every one that is needed and refused."""
    wanted = {(flow.client, flow.server, flow.port) for flow in flows()}
    ports = {port for _, _, port in wanted}
    policies = _by_party(things)
    for client, server in product([*PODS, *NAMESPACES], [*PODS, *NAMESPACES, *ADDRESSES]):
        if client not in PODS and server not in PODS:
            continue
        for port in ports:
            passes = _may(policies, "Egress", client, server, port) and _may(policies, "Ingress", server, client, port)
            if passes and (client, server, port) not in wanted and not _covered(client, server, port, wanted):
                yield f"{client} may reach {server} on {port}, and nothing needs that"
            if not passes and (client, server, port) in wanted:
                yield f"{client} cannot reach {server} on {port}"
    yield from _strangers(things)


def _covered(client: str, server: str, port: int, wanted: set[tuple[str, str, int]]) -> bool:
    """Whoever may reach one party without labels on a port may reach all that one could not tell from it."""
    return server in ADDRESSES and any((client, other, port) in wanted for other in ADDRESSES)


def _strangers(things: Sequence[Thing]) -> Iterator[str]:
    """Programs nobody has put into the table."""
    for workload in of_kind(things, *WORKLOADS):
        labels = pod_of(workload)["metadata"]["labels"]
        if sum(fits({"matchLabels": known}, labels) for known in PODS.values()) != 1:
            yield f"{title(workload)} is nobody in the table of flows"


def _may(policies: _Policies, direction: str, me: str, other: str, port: int) -> bool:
    """Whether `me` allows the connection in this direction; whoever no policy chooses allows all."""
    rules = policies.get((direction, me))
    return rules is None or any(_lets(rule, direction, other, port) for rule in rules)


def _by_party(things: Sequence[Thing]) -> _Policies:
    """The rules that hold for each party in each direction; none at all where no policy chooses it."""
    found: _Policies = {}
    for spec in (policy["spec"] for policy in of_kind(things, "NetworkPolicy")):
        for direction, (party, labels) in product(spec["policyTypes"], PODS.items()):
            if fits(spec["podSelector"], labels):
                found.setdefault((direction, party), []).extend(spec.get(direction.lower(), []))
    return found


def _lets(rule: Mapping[str, Any], direction: str, other: str, port: int) -> bool:
    peers, ports = rule.get("to" if direction == "Egress" else "from"), rule.get("ports")
    met = ports is None or any(one["port"] == port and one["protocol"] == "TCP" for one in ports)
    return met and (peers is None or any(_is(peer, other) for peer in peers))


def _is(peer: Mapping[str, Any], party: str) -> bool:
    if "ipBlock" in peer:
        return party in _SOMEWHERE and _within(peer["ipBlock"], _SOMEWHERE[party])
    if "namespaceSelector" in peer:
        return party in NAMESPACES and fits(peer["namespaceSelector"], {_NAMESPACE: NAMESPACES[party]})
    return party in PODS and fits(peer["podSelector"], PODS[party])


def _within(block: Mapping[str, Any], address: str) -> bool:
    excepted = any(ip_address(address) in ip_network(one) for one in block.get("except", []))
    return ip_address(address) in ip_network(block["cidr"]) and not excepted
