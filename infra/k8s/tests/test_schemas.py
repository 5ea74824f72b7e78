from collections.abc import Callable

import pytest

from infra.k8s import network, schemas
from infra.k8s.rendering import overlays
from infra.k8s.tests.conftest import Rendered

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


def test_the_network_policies_are_those_of_the_table() -> None:
    assert network.FILE.read_text() == network.text()
