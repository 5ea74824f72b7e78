"""Whether the cluster's Prometheus and Grafana see what alarms and dashboards were made for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from infra.k8s.rendering import Thing, of_kind, title
from infra.telemetry import rules

SIDECAR: Final = ("grafana_dashboard", "1")
"""The label by which Grafana's sidecar finds dashboards; operators/kube-prometheus-stack.yaml tells it so."""

Scrape = tuple[str, str, frozenset[tuple[str, tuple[str, ...]]], bool]
"""A job's name, path and parameters, and whether labels that targets tell of themselves stand."""


def unseen(things: Sequence[Thing]) -> Iterator[str]:
    """What prometheus.yml scrapes, by the names alarms and dashboards ask for, and no monitor here does."""
    monitored = {_of_monitor(endpoint) for endpoint in _endpoints(things)}
    configuration = yaml.safe_load((rules.FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    for job in configuration["scrape_configs"]:
        if job["job_name"] != "prometheus" and _of_prometheus(job) not in monitored:
            yield f"no monitor scrapes {job['job_name']} as prometheus.yml does"


def helpless(things: Sequence[Thing]) -> Iterator[str]:
    """Alarms that do not lead to a heading that is there."""
    for thing in of_kind(things, "PrometheusRule"):
        for rule in (rule for group in thing["spec"]["groups"] for rule in group["rules"] if "alert" in rule):
            link = rule["annotations"].get("runbook_url", "")
            runbook = rule["annotations"].get("runbook", "")
            if rules.missing_runbook(runbook) or not (link.startswith("https://") and link.endswith(f"/{runbook}")):
                yield f"{title(thing)}: {rule['alert']} links to {link or 'nothing'}, where no runbook is"


def unfound(things: Sequence[Thing]) -> Iterator[str]:
    """Dashboards the sidecar passes over, and files it could not read."""
    for thing in of_kind(things, "ConfigMap"):
        boards = {name: text for name, text in thing.get("data", {}).items() if name.endswith(".json")}
        label, value = SIDECAR
        if boards and thing["metadata"].get("labels", {}).get(label) != value:
            yield f"{title(thing)} holds dashboards and no label {label}"
        for name, text in boards.items():
            if not json.loads(text).get("uid"):
                yield f"{title(thing)}: {name} is no dashboard"


def _endpoints(things: Sequence[Thing]) -> Iterator[Mapping[str, Any]]:
    for monitor in of_kind(things, "PodMonitor", "ServiceMonitor"):
        yield from monitor["spec"].get("podMetricsEndpoints", monitor["spec"].get("endpoints", []))


def _of_monitor(endpoint: Mapping[str, Any]) -> Scrape:
    job = next((rule["replacement"] for rule in endpoint.get("relabelings", []) if rule["targetLabel"] == "job"), "")
    return job, endpoint.get("path", "/metrics"), _parameters(endpoint), endpoint.get("honorLabels", False)


def _of_prometheus(job: Mapping[str, Any]) -> Scrape:
    return job["job_name"], job.get("metrics_path", "/metrics"), _parameters(job), job.get("honor_labels", False)


def _parameters(scrape: Mapping[str, Any]) -> frozenset[tuple[str, tuple[str, ...]]]:
    return frozenset((name, tuple(values)) for name, values in scrape.get("params", {}).items())
