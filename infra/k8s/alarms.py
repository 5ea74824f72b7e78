"""The alarms of infra/telemetry as the Prometheus operator takes them, each with a link to its runbook."""

from collections.abc import Mapping
from typing import Any, Final

import yaml

from infra.k8s.rendering import ROOT
from infra.telemetry import rules

FILE: Final = ROOT / "k8s" / "base" / "platform" / "alarms.yaml"
HEAD: Final = "# Written by `make cluster` from infra/telemetry/prometheus/rules.\n"
RUNBOOKS: Final = "tms/runbooks"
"""The annotation that holds the address under which this repository is read; `make cluster RUNBOOKS=…` changes it."""


def text(runbooks: str) -> str:
    """The file, with runbooks linked below this address."""
    document = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "tms", "annotations": {RUNBOOKS: runbooks}},
        "spec": {"groups": [_group(group, runbooks) for group in rules.groups()]},
    }
    return HEAD + yaml.dump(document, sort_keys=False, width=120, allow_unicode=True)


def runbooks() -> str:
    """The address the file has now."""
    found: str = yaml.safe_load(FILE.read_text())["metadata"]["annotations"][RUNBOOKS]
    return found


def _group(group: Mapping[str, Any], runbooks: str) -> dict[str, Any]:
    return {**group, "rules": [_linked(rule, runbooks) for rule in group["rules"]]}


def _linked(rule: Mapping[str, Any], runbooks: str) -> dict[str, Any]:
    if "alert" not in rule:
        return dict(rule)
    told = rule["annotations"]
    return {**rule, "annotations": {**told, "runbook_url": f"{runbooks.rstrip('/')}/{told['runbook']}"}}
