"""The metrics that workers are scaled by: each is one the programs tell, and one the adapter hands to the cluster."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import Gauge

from infra.k8s.rendering import Thing, of_kind, title
from libs.outbox import metrics

OF_THE_BROKER = {"rabbitmq_queue_messages_ready": {"queue"}}
"""Told by RabbitMQ's own exporter, per queue."""


def told() -> dict[str, set[str]]:
    """Names and labels of every gauge of reliable messaging, and of the broker's that are used."""
    gauges = [value for value in vars(metrics).values() if isinstance(value, Gauge)]
    return {family.name: set(gauge._labelnames) for gauge in gauges for family in gauge.describe()} | OF_THE_BROKER  # noqa: SLF001 - it has no question for them


def unknown(things: Sequence[Thing], adapter: Mapping[str, Any]) -> Iterator[str]:
    handed_on = {rule["name"]["as"] for rule in adapter["rules"]["external"]}
    known = told()
    for scaler in of_kind(things, "HorizontalPodAutoscaler"):
        for metric in (one["external"]["metric"] for one in scaler["spec"]["metrics"] if one["type"] == "External"):
            name, labels = metric["name"], set(metric["selector"]["matchLabels"])
            if name not in known or not labels <= known[name]:
                yield f"{title(scaler)} looks at {name} by {', '.join(sorted(labels))}, which nothing tells"
            if name not in handed_on:
                yield f"{title(scaler)} looks at {name}, which the adapter does not hand on"
