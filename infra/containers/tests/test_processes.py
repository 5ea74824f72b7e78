"""The same programs with the same settings, on this machine, in compose and in the cluster: one list, three times."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from infra.containers import compose, settings
from infra.containers.settings import COMPOSE, OF_THIS_MACHINE, admin_url, programs
from infra.k8s import settings as in_cluster
from infra.k8s.rendering import OVERLAYS, WORKLOADS, Thing, containers_of, of_kind, render
from infra.local import programs as local
from infra.local.layout import Layout, wire_name
from infra.local.secrets import Secrets, read_or_make

ROLES = {"api", "worker", "migrate"}
ADDED = {"TMS_HOST", "OTEL_EXPORTER_OTLP_ENDPOINT"}
"""What a container is told beside the settings of this machine: to listen to others, and where spans go."""


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Layout:
    monkeypatch.setattr(Layout, "run", property(lambda _: tmp_path / "run"))
    return Layout()


@pytest.fixture
def secrets(layout: Layout) -> Secrets:
    made = read_or_make(layout.secrets, layout.services())
    return replace(made, database_url=admin_url(made, COMPOSE), amqp_url="amqp://elsewhere")


@pytest.fixture(scope="module")
def cluster() -> list[Thing]:
    return render(OVERLAYS / "dev")


def played(commands: Iterable[list[str]]) -> dict[str, set[str]]:
    """Which roles of which program are started; a program without roles has the one that it is."""
    found: dict[str, set[str]] = defaultdict(set)
    for interpreter, flag, module, *rest in commands:
        assert (interpreter.rpartition("/")[2], flag) == ("python", "-m")
        found[module].add(rest[0] if module.endswith(".main") else "")
    return dict(found)


def test_each_program_of_this_machine_runs_in_compose_and_in_the_cluster_and_no_other(
    layout: Layout, secrets: Secrets, cluster: list[Thing]
) -> None:
    started = {program.command[2] for program in local.programs(layout, secrets)}
    services = {module for module in started if module.startswith("services.")}
    wanted = {module: ROLES if module in services else {"run"} for module in started}
    wanted["infra.tpg_simulator"] = {""}
    services_of_compose = compose.read()["services"]
    ours = [
        one for name, one in services_of_compose.items() if one["image"].startswith(compose.OURS) and name != "loopback"
    ]
    assert played(one["command"] for one in ours) == wanted
    commands = [one["command"] for workload in of_kind(cluster, *WORKLOADS) for one in containers_of(workload)]
    assert played(commands) == {
        module: roles | ({"await"} if module in services else set()) for module, roles in wanted.items()
    }


def test_a_container_is_told_what_the_program_is_told_on_this_machine(layout: Layout, secrets: Secrets) -> None:
    composed = programs(layout, secrets, COMPOSE)
    for program in local.programs(layout, secrets):
        names = set(program.environment) - OF_THIS_MACHINE
        added = set() if program.name == "simulator" else ADDED
        assert set(composed[wire_name(program.name)]) == names | added, program.name


def test_the_cluster_tells_each_program_the_same(layout: Layout, secrets: Secrets, cluster: list[Thing]) -> None:
    composed = programs(layout, secrets, COMPOSE)
    for workload in of_kind(cluster, *WORKLOADS):
        name = workload["metadata"]["labels"]["app.kubernetes.io/name"]
        for container in containers_of(workload):
            if in_cluster.settings_of(container["command"]) is None:
                continue
            shared, own = in_cluster.told(cluster, container)
            assert set(composed[name]) <= shared | own, container["command"]
            assert own - in_cluster.PARTS - {"ADMIN_DATABASE_URL"} <= set(composed[name]), container["command"]


def test_they_find_each_other_by_the_same_names_in_compose_and_in_the_cluster(
    layout: Layout, secrets: Secrets, cluster: list[Thing]
) -> None:
    shared = next(thing["data"] for thing in of_kind(cluster, "ConfigMap") if "TMS_PEERS" in thing["data"])
    gateway = programs(layout, secrets, settings.CLUSTER)["gateway"]
    for name in ("TMS_PEERS", "TMS_AUTH_URL", "TMS_PORT", "TMS_HOST", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        assert shared[name] == gateway[name], name
