"""What every overlay must keep, each rule a question about the rendered objects; the answers are its breaches."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import yaml

from infra.k8s import exposure, metrics, secrecy, settings, watching
from infra.k8s.rendering import ROOT, WORKLOADS, Thing, containers_of, fits, of_kind, pod_of, title
from libs.chassis.settings import ServiceSettings
from libs.outbox.runtime import RELAY_GRACE_S

Rule = Callable[[Sequence[Thing]], Iterator[str]]

ADAPTER = ROOT / "k8s" / "operators" / "prometheus-adapter.yaml"
LEAVES_BALANCERS_S = 5
FINISHES_S = ServiceSettings.model_fields["shutdown_grace"].default.total_seconds() + RELAY_GRACE_S
"""Requests and messages in hand, then the relay's leases."""
_VERSION = re.compile(r"^\S+:(?!latest)[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$")


def breaches(things: Sequence[Thing]) -> list[str]:
    """Everything that is not as it must be."""
    return [f"{breach} ({rule.__name__})" for rule in RULES for breach in rule(things)]


def runs_as_nobody(things: Sequence[Thing]) -> Iterator[str]:
    for workload in of_kind(things, *WORKLOADS):
        spec = pod_of(workload)["spec"]
        security = spec.get("securityContext", {})
        if security.get("runAsNonRoot") is not True or not security.get("runAsUser"):
            yield f"{title(workload)} may run as root"
        if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{title(workload)} has no seccomp profile"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{title(workload)} carries a token for the cluster"
        if any(spec.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{title(workload)} shares a namespace of its node"


def cannot_change_itself(things: Sequence[Thing]) -> Iterator[str]:
    for where, container in _containers(things):
        security = container.get("securityContext", {})
        if security.get("readOnlyRootFilesystem") is not True:
            yield f"{where} can write to its root"
        if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
            yield f"{where} may gain rights"
        if security.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{where} keeps capabilities"


def knows_its_limits(things: Sequence[Thing]) -> Iterator[str]:
    for where, container in _containers(things):
        resources = container.get("resources", {})
        for kind in ("requests", "limits"):
            missing = {"cpu", "memory"} - set(resources.get(kind, {}))
            if missing:
                yield f"{where} has no {kind} of {' and '.join(sorted(missing))}"


def images_are_pinned(things: Sequence[Thing]) -> Iterator[str]:
    named = [(where, container["image"]) for where, container in _containers(things)]
    named += [(title(thing), thing["spec"]["imageName"]) for thing in of_kind(things, "Cluster")]
    named += [(title(thing), thing["spec"]["image"]) for thing in of_kind(things, "RabbitmqCluster")]
    for where, image in named:
        if not _VERSION.match(image):
            yield f"{where} runs {image}, which is no version"


def is_watched(things: Sequence[Thing]) -> Iterator[str]:
    for deployment in of_kind(things, "Deployment"):
        for container in pod_of(deployment)["spec"]["containers"]:
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                if probe not in container and not container.get("restartPolicy"):
                    yield f"{title(deployment)}/{container['name']} has no {probe}"


def survives_a_node(things: Sequence[Thing]) -> Iterator[str]:
    budgets = list(of_kind(things, "PodDisruptionBudget"))
    scaled = {scaler["spec"]["scaleTargetRef"]["name"] for scaler in of_kind(things, "HorizontalPodAutoscaler")}
    for deployment in of_kind(things, "Deployment"):
        labels = pod_of(deployment)["metadata"]["labels"]
        spread = pod_of(deployment)["spec"].get("topologySpreadConstraints", [])
        if not all(fits(constraint["labelSelector"], labels) for constraint in spread) or not spread:
            yield f"{title(deployment)} is not spread over nodes"
        if sum(fits(budget["spec"]["selector"], labels) for budget in budgets) != 1:
            yield f"{title(deployment)} needs one disruption budget"
        if deployment["metadata"]["name"] not in scaled:
            yield f"{title(deployment)} is not scaled"


def rolls_without_a_gap(things: Sequence[Thing]) -> Iterator[str]:
    """A new pod is ready before an old one goes; no caller is sent to that one, and what it has in hand is finished."""
    for deployment in of_kind(things, "Deployment"):
        rolling = deployment["spec"].get("strategy", {}).get("rollingUpdate", {})
        if rolling.get("maxUnavailable") != 0 or not rolling.get("maxSurge"):
            yield f"{title(deployment)} goes before the next one has come"
        spec = pod_of(deployment)["spec"]
        for container in spec["containers"]:
            waits = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
            if waits < LEAVES_BALANCERS_S:
                yield f"{title(deployment)}/{container['name']} ends while balancers still send"
            if spec.get("terminationGracePeriodSeconds", 30) < waits + FINISHES_S:
                yield f"{title(deployment)}/{container['name']} is killed over what it has in hand"


def reaches_what_it_names(things: Sequence[Thing]) -> Iterator[str]:
    """Services choose the pods of exactly one Deployment; whoever names a ConfigMap or an account names one that is."""
    known = {(thing["kind"], thing["metadata"]["name"]) for thing in things}
    pods = [pod_of(deployment)["metadata"]["labels"] for deployment in of_kind(things, "Deployment")]
    for service in of_kind(things, "Service"):
        if sum(fits({"matchLabels": service["spec"]["selector"]}, labels) for labels in pods) != 1:
            yield f"{title(service)} must choose one program"
    for workload in of_kind(things, *WORKLOADS):
        account = pod_of(workload)["spec"].get("serviceAccountName")
        if ("ServiceAccount", account) not in known:
            yield f"{title(workload)} runs as the account {account}, which is not there"
        for name in settings.config_maps_of(workload):
            if ("ConfigMap", name) not in known:
                yield f"{title(workload)} reads the ConfigMap {name}, which is not there"


def passes_only_known_flows(things: Sequence[Thing]) -> Iterator[str]:
    yield from exposure.differences(things)


def scales_by_metrics_that_are(things: Sequence[Thing]) -> Iterator[str]:
    yield from metrics.unknown(things, yaml.safe_load(ADAPTER.read_text()))


def every_secret_comes_from_the_store(things: Sequence[Thing]) -> Iterator[str]:
    yield from secrecy.unprovided(things)


def is_scraped_as_alarms_expect(things: Sequence[Thing]) -> Iterator[str]:
    yield from watching.unseen(things)


def alarms_lead_to_their_runbooks(things: Sequence[Thing]) -> Iterator[str]:
    yield from watching.helpless(things)


def grafana_finds_every_dashboard(things: Sequence[Thing]) -> Iterator[str]:
    yield from watching.unfound(things)


def programs_have_their_settings(things: Sequence[Thing]) -> Iterator[str]:
    yield from settings.mistakes(things)


RULES: tuple[Rule, ...] = (
    runs_as_nobody,
    cannot_change_itself,
    knows_its_limits,
    images_are_pinned,
    is_watched,
    survives_a_node,
    rolls_without_a_gap,
    reaches_what_it_names,
    passes_only_known_flows,
    scales_by_metrics_that_are,
    every_secret_comes_from_the_store,
    is_scraped_as_alarms_expect,
    alarms_lead_to_their_runbooks,
    grafana_finds_every_dashboard,
    programs_have_their_settings,
)


def _containers(things: Iterable[Thing]) -> Iterator[tuple[str, dict[str, Any]]]:
    for workload in of_kind(things, *WORKLOADS):
        for container in containers_of(workload):
            yield f"{title(workload)}/{container['name']}", container
