"""Every panel asks what Prometheus can read, of metrics that somebody tells, and says in which unit."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.telemetry import __main__ as files
from infra.telemetry import catalogue, promtool, rules
from infra.telemetry.dashboards import ALL
from infra.telemetry.dashboards.panels import Dashboard

every_dashboard = pytest.mark.parametrize("dashboard", ALL, ids=lambda dashboard: dashboard.uid)
FOLDER = Path(files.__file__).parent


def panels_of(dashboard: Dashboard) -> list[dict[str, Any]]:
    return [panel for panel in dashboard.document()["panels"] if panel["type"] != "row"]


def expressions_of(dashboard: Dashboard) -> list[str]:
    return [target["expr"] for panel in panels_of(dashboard) for target in panel["targets"]]


def test_the_files_are_what_the_code_says() -> None:
    assert files.stale() == []


def test_there_is_one_for_each_question() -> None:
    assert [dashboard.uid for dashboard in ALL] == [
        "tms-system", "tms-messaging", "tms-sync", "tms-compliance", "tms-service"
    ]  # fmt: skip
    assert [name for dashboard in ALL for name, _ in dashboard.variables] == ["service"]


@every_dashboard
def test_every_panel_has_a_title_a_unit_and_a_question(dashboard: Dashboard) -> None:
    panels = panels_of(dashboard)
    titles = [panel["title"] for panel in panels]
    assert len(set(titles)) == len(titles)
    assert all(titles)
    assert all(panel["fieldConfig"]["defaults"]["unit"] and panel["targets"] for panel in panels)


@every_dashboard
def test_no_two_panels_lie_on_each_other(dashboard: Dashboard) -> None:
    fields = [
        (x, y)
        for panel in dashboard.document()["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(fields)) == len(fields)
    assert max(x for x, _ in fields) < 24


@every_dashboard
def test_it_asks_only_for_what_somebody_tells(dashboard: Dashboard) -> None:
    known = catalogue.everything() | rules.recorded().keys()
    variables = [re.sub(r"label_values\((.*), \w+\)", r"\1", query) for _, query in dashboard.variables]
    asked = {name for expression in [*expressions_of(dashboard), *variables] for name in catalogue.names_in(expression)}
    assert asked - known == set()


@every_dashboard
def test_prometheus_can_read_every_question(dashboard: Dashboard, tmp_path: Path) -> None:
    """As recording rules, which is how promtool takes expressions one by one."""
    asked = [
        {
            "record": f"asked:{number}:once".replace(str(number), f"n{number}"),
            "expr": expression.replace("$service", "course"),
        }
        for number, expression in enumerate(expressions_of(dashboard))
    ]
    path = tmp_path / "asked.yml"
    path.write_text(json.dumps({"groups": [{"name": dashboard.uid, "rules": asked}]}))
    assert promtool.run("check", "rules", path) is None


def test_prometheus_can_read_its_configuration() -> None:
    assert promtool.run("check", "config", FOLDER / "prometheus" / "prometheus.yml") is None


def test_grafana_finds_dashboards_and_sources() -> None:
    provisioning = FOLDER / "grafana" / "provisioning"
    sources = yaml.safe_load((provisioning / "datasources/tms.yml").read_text())["datasources"]
    assert {source["uid"] for source in sources} == {"prometheus", "jaeger"}
    used = {panel["datasource"]["uid"] for dashboard in ALL for panel in panels_of(dashboard)}
    assert used == {"prometheus"}
    assert yaml.safe_load((provisioning / "dashboards/tms.yml").read_text())["providers"][0]["type"] == "file"


@pytest.mark.parametrize("name", ["otel/collector.yaml", "jaeger/config.yaml"])
def test_pipelines_use_only_parts_that_are_set_up(name: str) -> None:
    document = yaml.safe_load((FOLDER / name).read_text())
    assert set(document["service"]["extensions"]) == document["extensions"].keys()
    for kind in ("receivers", "processors", "exporters"):
        used = {part for pipeline in document["service"]["pipelines"].values() for part in pipeline[kind]}
        assert used == document[kind].keys()


def test_every_process_is_scraped_once() -> None:
    configuration = yaml.safe_load((FOLDER / "prometheus/prometheus.yml").read_text())
    ours = next(job for job in configuration["scrape_configs"] if job["job_name"] == "tms")
    targets = [target.partition(":")[0] for group in ours["static_configs"] for target in group["targets"]]
    services = [path.parent.name.replace("_", "-") for path in (catalogue.ROOT / "services").glob("*/main.py")]
    assert sorted(targets) == sorted(
        ["gateway", *(f"{name}-{role}" for name in services for role in ("api", "worker"))]
    )
    assert ours["honor_labels"] is True
