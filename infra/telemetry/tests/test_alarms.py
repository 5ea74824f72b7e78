"""Every alarm fires when it should and not otherwise, leads to words that help, and hangs on what somebody tells."""

import re
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import httpx
import pytest
import yaml

from infra.telemetry import catalogue, promtool, rules
from infra.telemetry.rules import Alert
from libs.broker.topology import declare_queues
from libs.servers.account import remove_folder
from libs.servers.ports import free_ports
from libs.servers.rabbitmq import BrokerUser, RabbitServer
from libs.testing.sample.process import until

ALERTS = rules.alerts()
by_name = pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)


def test_the_rules_can_be_read() -> None:
    assert promtool.run("check", "rules", *rules.RULES) is None


@pytest.mark.parametrize("path", rules.TESTS, ids=lambda path: path.stem)
def test_groups_are_looked_at_in_one_order(path: Path) -> None:
    """Else promtool takes any order each time, and an alarm that hangs on a sum fires a minute sooner or later."""
    case = yaml.safe_load(path.read_text())
    files = [yaml.safe_load((path.parent / name).read_text()) for name in case["rule_files"]]
    groups = [group["name"] for file in files for group in file["groups"]]
    assert case.get("group_eval_order", groups[:1]) == groups


@pytest.mark.parametrize("path", rules.TESTS, ids=lambda path: path.stem)
def test_what_the_cases_say_comes_true(path: Path) -> None:
    assert promtool.run("test", "rules", path) is None


@by_name
def test_a_case_fires_it(alert: Alert) -> None:
    assert [case.name for case in rules.cases() if alert.name in case.fires]


@by_name
def test_a_case_gives_it_what_it_hangs_on_and_it_stays_silent(alert: Alert) -> None:
    needed = read_by(alert.expression)
    silent = [case for case in rules.cases() if case.looks_at_all and alert.name not in case.fires]
    assert [case.name for case in silent if case.given & needed], f"no case is silent about {sorted(needed)}"


@by_name
def test_its_runbook_is_a_heading_of_a_readme_here(alert: Alert) -> None:
    assert rules.missing_runbook(alert.runbook) is None


@by_name
def test_it_hangs_on_metrics_that_somebody_tells(alert: Alert) -> None:
    assert read_by(alert.expression) - catalogue.everything() == frozenset()


def test_names_are_used_once_and_severities_are_two() -> None:
    names = [alert.name for alert in ALERTS]
    assert len(set(names)) == len(names)
    assert {alert.severity for alert in ALERTS} == {"page", "ticket"}


def read_by(expression: str) -> frozenset[str]:
    """The metrics an expression reads in the end, through what other rules record."""
    made = rules.recorded()
    found: set[str] = set()
    for name in catalogue.names_in(expression):
        found |= frozenset().union(*map(read_by, made[name])) if name in made else {name}
    return frozenset(found)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('max by (service) (tms_a{state="waiting"}) > 60', {"tms_a"}),
        ("sum(rate(tms_b_total[5m])) / (sum(rate(tms_c[1d:5m] offset 1h)) > 0) or vector(0)", {"tms_b_total", "tms_c"}),
        ("tms:x:sum - tms:x:sum offset 5m > 14.4 * slo:y", {"tms:x:sum", "slo:y"}),
        ('max by (q) (label_replace(a{r="c"}, "q", "t.$1", "s", "(.+)")) unless on (q) b and on () c', {"a", "b", "c"}),
        ("min(e_seconds) - time() < 30 * 86400", {"e_seconds"}),
    ],
)
def test_names_are_found_in_an_expression(expression: str, names: set[str]) -> None:
    assert catalogue.names_in(expression) == names


def test_a_metric_nobody_tells_is_noticed() -> None:
    assert read_by("tms_never_told > 0") - catalogue.everything() == {"tms_never_told"}


@pytest.mark.parametrize("link", ["libs/broker/README.md#no-such-heading", "nowhere/README.md#x"])
def test_a_link_that_leads_nowhere_is_noticed(link: str) -> None:
    assert rules.missing_runbook(link)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """A node that tells of itself."""
    port, names, dist, told = free_ports(4)
    folder = tmp_path_factory.mktemp("rabbitmq") / "node"
    user = BrokerUser("tester", "synthetic")
    server = RabbitServer(
        folder, port=port, epmd_port=names, dist_port=dist, users=[user], vhosts=["tms"], metrics_port=told
    )
    server.start()
    yield server
    server.stop()
    remove_folder(folder)


DETAILED = "/metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count"


async def test_the_broker_tells_what_we_take_for_granted(node: RabbitServer) -> None:
    """Given a real node with one of our queues, then it tells every metric of its own that we use."""
    async with (
        await aio_pika.connect(node.url()) as connection,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{node.metrics_port}", timeout=10) as client,
    ):
        await declare_queues(await connection.channel(), "course", ["run.#"])

        async def all_told() -> bool:  # a queue is told of some seconds after it was made
            told = "\n".join([(await client.get(path)).text for path in ("/metrics", DETAILED)])
            return set(re.findall(r"^(\w+)(?:\{.*\})? \S+$", told, re.MULTILINE)) >= catalogue.BROKER

        await until(all_told, what=f"all of {sorted(catalogue.BROKER)}")
