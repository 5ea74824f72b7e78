"""Every rule holds for every overlay, and every rule is seen to fail once on a spoilt copy."""

from collections.abc import Callable

import pytest

from infra.k8s import policies
from infra.k8s.rendering import Thing
from infra.k8s.tests.conftest import Rendered

API, WORKER, MIGRATE = "Deployment/course-api", "Deployment/tpg-sync-worker", "Job/audit-migrate.0.1.0"
Spoil = Callable[[Rendered], object]


def program(things: Rendered, of: str = API) -> Thing:
    found: Thing = things.pod(of)["containers"][0]
    return found


def drop(things: Rendered, *unwanted: str) -> None:
    for one in unwanted:
        things.remove(things.one(one))


def secrets_of_course(things: Rendered) -> list[Thing]:
    found: list[Thing] = things.one("ExternalSecret/course-secrets")["spec"]["data"]
    return found


def rules(things: Rendered, policy: str, side: str) -> list[Thing]:
    found: list[Thing] = things.one(f"NetworkPolicy/{policy}")["spec"][side]
    return found


def first_alarm(things: Rendered) -> Thing:
    found: Thing = things.one("PrometheusRule/tms")["spec"]["groups"][0]["rules"][0]
    return found


SPOILS: list[tuple[str, Spoil, str]] = [
    ("runs_as_nobody", lambda t: t.pod(API)["securityContext"].pop("runAsNonRoot"), "course-api may run as root"),
    ("runs_as_nobody", lambda t: t.pod(MIGRATE)["securityContext"].update(runAsUser=0), "may run as root"),
    ("runs_as_nobody", lambda t: t.pod(WORKER)["securityContext"].pop("seccompProfile"), "no seccomp profile"),
    ("runs_as_nobody", lambda t: t.pod(API).pop("automountServiceAccountToken"), "carries a token"),
    ("runs_as_nobody", lambda t: t.pod(API).update(hostNetwork=True), "shares a namespace"),
    (
        "cannot_change_itself",
        lambda t: program(t)["securityContext"].update(readOnlyRootFilesystem=False),
        "course-api/program can write to its root",
    ),
    (
        "cannot_change_itself",
        lambda t: program(t)["securityContext"].pop("allowPrivilegeEscalation"),
        "may gain rights",
    ),
    ("cannot_change_itself", lambda t: program(t, WORKER)["securityContext"].pop("capabilities"), "keeps capabilities"),
    ("knows_its_limits", lambda t: program(t, MIGRATE)["resources"].pop("limits"), "no limits of cpu and memory"),
    ("knows_its_limits", lambda t: program(t)["resources"]["requests"].pop("memory"), "no requests of memory"),
    ("images_are_pinned", lambda t: program(t).update(image="registry.example.com/tms:latest"), "is no version"),
    ("images_are_pinned", lambda t: program(t).update(image="registry.example.com/tms"), "is no version"),
    (
        "images_are_pinned",
        lambda t: t.one("Cluster/tms-postgres")["spec"].update(imageName="pg:latest"),
        "is no version",
    ),
    ("is_watched", lambda t: program(t).pop("readinessProbe"), "course-api/program has no readinessProbe"),
    ("is_watched", lambda t: program(t, WORKER).pop("livenessProbe"), "has no livenessProbe"),
    ("survives_a_node", lambda t: t.pod(API).pop("topologySpreadConstraints"), "is not spread"),
    ("survives_a_node", lambda t: drop(t, "PodDisruptionBudget/audit-worker"), "audit-worker needs one disruption"),
    ("survives_a_node", lambda t: drop(t, "HorizontalPodAutoscaler/gateway"), "gateway is not scaled"),
    (
        "rolls_without_a_gap",
        lambda t: t.one(API)["spec"]["strategy"]["rollingUpdate"].update(maxUnavailable=1),
        "course-api goes before the next one has come",
    ),
    ("rolls_without_a_gap", lambda t: t.one("Deployment/gateway")["spec"].pop("strategy"), "gateway goes before"),
    ("rolls_without_a_gap", lambda t: program(t).pop("lifecycle"), "ends while balancers still send"),
    (
        "rolls_without_a_gap",
        lambda t: t.pod(WORKER).update(terminationGracePeriodSeconds=30),
        "is killed over what it has in hand",
    ),
    ("reaches_what_it_names", lambda t: t.one("Service/auth-api")["spec"]["selector"].clear(), "auth-api must choose"),
    ("reaches_what_it_names", lambda t: t.pod(API).update(serviceAccountName="x"), "runs as the account x"),
    (
        "reaches_what_it_names",
        lambda t: program(t)["envFrom"].append({"configMapRef": {"name": "x"}}),
        "reads the ConfigMap x",
    ),
    ("passes_only_known_flows", lambda t: drop(t, "NetworkPolicy/rabbitmq"), "rabbitmq cannot reach rabbitmq on 4369"),
    (
        "passes_only_known_flows",
        lambda t: drop(t, "NetworkPolicy/default-deny", "NetworkPolicy/postgres"),
        "postgres may reach postgres on 9187",
    ),
    (
        "passes_only_known_flows",
        lambda t: rules(t, "gateway", "ingress").append({}),
        "postgres-operator may reach gateway on 8080",
    ),
    (
        "passes_only_known_flows",
        lambda t: rules(t, "course-api", "egress").clear(),
        "course-api cannot reach postgres on 5432",
    ),
    (
        "passes_only_known_flows",
        lambda t: t.pod(API) and t.one(API)["spec"]["template"]["metadata"]["labels"].clear(),
        "course-api is nobody in the table",
    ),
    (
        "scales_by_metrics_that_are",
        lambda t: t.one("HorizontalPodAutoscaler/course-worker")["spec"]["metrics"][0]["external"]["metric"].update(
            name="tms_outbox_size"
        ),
        "looks at tms_outbox_size by service, which nothing tells",
    ),
    (
        "scales_by_metrics_that_are",
        lambda t: t.one("HorizontalPodAutoscaler/course-worker")["spec"]["metrics"][0]["external"]["metric"].update(
            name="tms_outbox_refused"
        ),
        "tms_outbox_refused, which the adapter does not hand on",
    ),
    ("every_secret_comes_from_the_store", lambda t: drop(t, "ExternalSecret/course-secrets"), "which nothing provides"),
    (
        "every_secret_comes_from_the_store",
        lambda t: t.one("ExternalSecret/rabbitmq-tls")["spec"]["data"].pop(),
        "reads ca.crt of rabbitmq-tls, which does not hold it",
    ),
    (
        "every_secret_comes_from_the_store",
        lambda t: t.one("Cluster/tms-postgres")["spec"].pop("enableSuperuserAccess"),
        "tms-postgres-superuser, which nothing provides",
    ),
    (
        "every_secret_comes_from_the_store",
        lambda t: t.append({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "stringData": {"a": "b"}}),
        "Secret/x stands in the open",
    ),
    (
        "is_scraped_as_alarms_expect",
        lambda t: t.one("PodMonitor/tms")["spec"]["podMetricsEndpoints"][0]["relabelings"].pop(0),
        "no monitor scrapes tms",
    ),
    (
        "is_scraped_as_alarms_expect",
        lambda t: t.one("PodMonitor/tms")["spec"]["podMetricsEndpoints"][0].pop("honorLabels"),
        "no monitor scrapes tms",
    ),
    (
        "is_scraped_as_alarms_expect",
        lambda t: t.one("ServiceMonitor/tms-rabbitmq")["spec"]["endpoints"][1]["params"]["family"].pop(),
        "no monitor scrapes rabbitmq-queues",
    ),
    (
        "alarms_lead_to_their_runbooks",
        lambda t: first_alarm(t)["annotations"].update(runbook="libs/broker/README.md#no-such-heading"),
        "PrometheusRule/tms: BrokerSilent links to",
    ),
    (
        "alarms_lead_to_their_runbooks",
        lambda t: first_alarm(t)["annotations"].pop("runbook_url"),
        "BrokerSilent links to nothing",
    ),
    (
        "grafana_finds_every_dashboard",
        lambda t: t.one("ConfigMap/dashboard-sync")["metadata"]["labels"].pop("grafana_dashboard"),
        "dashboard-sync holds dashboards and no label",
    ),
    (
        "grafana_finds_every_dashboard",
        lambda t: t.one("ConfigMap/dashboard-sync")["data"].update({"sync.json": "{}"}),
        "sync.json is no dashboard",
    ),
    (
        "programs_have_their_settings",
        lambda t: secrets_of_course(t).pop(0),
        "course-api/program is not told DATABASE_URL",
    ),
    (
        "programs_have_their_settings",
        lambda t: program(t).update(env=[{"name": "TMS_CLOK_POLL", "value": "PT5S"}]),
        "is told TMS_CLOK_POLL, which it does not know",
    ),
]


@pytest.mark.parametrize("overlay", ["production", "dev"])
def test_every_overlay_keeps_every_rule(overlay: str, request: pytest.FixtureRequest) -> None:
    assert policies.breaches(request.getfixturevalue(overlay)) == []


@pytest.mark.parametrize(("rule", "spoil", "expected"), SPOILS)
def test_a_spoilt_copy_is_found(rule: str, spoil: Spoil, expected: str, spoilt: Rendered) -> None:
    spoil(spoilt)
    found = list(getattr(policies, rule)(spoilt))
    assert any(expected in breach for breach in found), found


def test_each_rule_has_been_seen_to_fail() -> None:
    assert {rule for rule, _, _ in SPOILS} == {rule.__name__ for rule in policies.RULES}
