from collections.abc import Callable

import pytest
import yaml

from infra.k8s import alarms, schemas
from infra.k8s.__main__ import stale
from infra.k8s.rendering import overlays
from infra.k8s.tests.conftest import Rendered
from infra.telemetry import rules
from infra.telemetry.__main__ import expected

SPOILS: list[tuple[Callable[[Rendered], object], str]] = [
    (lambda t: t.one("Deployment/gateway")["spec"].update(replica=2), "replica"),
    (lambda t: t.one("Ingress/gateway")["spec"]["rules"][0].update(host=1), "Ingress/gateway"),
    (lambda t: t.one("Cluster/tms-postgres")["spec"].update(instances="3"), "instances"),
    (lambda t: t.one("Cluster/tms-postgres")["spec"]["postgresql"]["parameters"].update(max_connections=400), "400"),
    (lambda t: t.one("ScheduledBackup/tms-postgres")["spec"].update(method="tape"), "tape"),
    (lambda t: t.one("ObjectStore/tms-backups")["spec"]["configuration"].pop("destinationPath"), "destinationPath"),
    (lambda t: t.one("RabbitmqCluster/tms-rabbitmq")["spec"].update(nodes=3), "nodes"),
    (lambda t: t.one("ExternalSecret/gateway-secrets")["spec"]["data"][0].pop("secretKey"), "secretKey"),
    (lambda t: t.one("PodMonitor/tms")["spec"].pop("selector"), "selector"),
    (lambda t: t.one("ServiceMonitor/tms-rabbitmq")["spec"]["endpoints"][0].update(scheme="amqp"), "amqp"),
    (lambda t: t.one("PrometheusRule/tms")["spec"]["groups"][0]["rules"][0].update(expression="up"), "expression"),
    (lambda t: t.one("PrometheusRule/tms")["spec"]["groups"][0]["rules"][0].pop("expr"), "expr"),
    (lambda t: t.one("ConfigMap/dashboard-sync").update(data=["sync.json"]), "ConfigMap/dashboard-sync"),
    (lambda t: t.one("Job/auth-migrate.0.1.0").update(apiVersion="batch/v9"), "no schema is known"),
]


@pytest.mark.parametrize("overlay", overlays())
def test_every_object_is_what_its_kind_says(overlay: str, request: pytest.FixtureRequest) -> None:
    assert [mistake for thing in request.getfixturevalue(overlay) for mistake in schemas.mistakes(thing)] == []


@pytest.mark.parametrize(("spoil", "expected"), SPOILS)
def test_a_spoilt_object_is_found(spoil: Callable[[Rendered], object], expected: str, spoilt: Rendered) -> None:
    spoil(spoilt)
    found = [mistake for thing in spoilt for mistake in schemas.mistakes(thing)]
    assert any(expected in mistake for mistake in found), found


def test_what_the_broker_overrides_is_a_part_of_a_stateful_set(production: Rendered) -> None:
    spec = production.one("RabbitmqCluster/tms-rabbitmq")["spec"]["override"]["statefulSet"]["spec"]
    pod = {"metadata": {"labels": {"a": "b"}}, **spec["template"]}
    whole = {"selector": {"matchLabels": {"a": "b"}}, "serviceName": "x", "template": pod}
    document = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "x"}, "spec": whole}
    assert schemas.mistakes(document) == []


def test_what_is_generated_is_what_it_is_generated_from() -> None:
    assert list(stale()) == []


def test_alarms_change_where_they_link_and_keep_it() -> None:
    linked = yaml.safe_load(alarms.text("https://docs.example.com/tms"))
    annotations = linked["spec"]["groups"][0]["rules"][0]["annotations"]
    assert annotations["runbook_url"] == f"https://docs.example.com/tms/{annotations['runbook']}"
    assert linked["metadata"]["annotations"][alarms.RUNBOOKS] == "https://docs.example.com/tms"


def test_every_alarm_and_every_dashboard_is_in_the_cluster(production: Rendered) -> None:
    told = [rule for group in production.one("PrometheusRule/tms")["spec"]["groups"] for rule in group["rules"]]
    assert [rule["alert"] for rule in told if "alert" in rule] == [alert.name for alert in rules.alerts()]
    assert {rule["record"] for rule in told if "record" in rule} == rules.recorded().keys()
    boards = [data for thing in production if thing["kind"] == "ConfigMap" for data in thing["data"].items()]
    assert dict(boards).items() >= {path.name: text for path, text in expected().items()}.items()
