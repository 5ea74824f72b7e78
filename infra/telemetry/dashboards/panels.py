"""Panels and dashboards in Grafana's own JSON, laid out row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from string import ascii_uppercase
from typing import Any, Final

WIDTH: Final = 24
SOURCE: Final = {"type": "prometheus", "uid": "prometheus"}
SCHEMA: Final = 39


Asked = str | Mapping[str, str]
"""One PromQL expression, or several by the legends that name their series by their labels."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture: `stat` shows a number now, `timeseries` its course. From `warn` on it is amber, from `alarm` red."""

    kind: str
    title: str
    asked: Asked
    unit: str = "short"
    says: str = ""
    warn: float | None = None
    alarm: float | None = None
    words: Sequence[tuple[float, str]] = ()
    """What single values mean."""


graph, stat = partial(Panel, "timeseries"), partial(Panel, "stat")


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side; numbers need less height than courses."""

    title: str
    panels: Sequence[Panel]

    @property
    def height(self) -> int:
        return 5 if all(panel.kind == "stat" for panel in self.panels) else 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    uid: str
    title: str
    says: str
    rows: Sequence[Row]
    variables: Sequence[tuple[str, str]] = ()
    """Name, and the query its values come from."""

    def document(self) -> dict[str, Any]:
        panels: list[dict[str, Any]] = []
        y = 0
        for row in self.rows:
            panels.append(_row(row.title, y, len(panels) + 1))
            width = WIDTH // len(row.panels)
            for place, panel in enumerate(row.panels):
                position = {"h": row.height, "w": width, "x": place * width, "y": y + 1}
                panels.append(_panel(panel, position, len(panels) + 1))
            y += 1 + row.height
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.says,
            "tags": ["tms"],
            "timezone": "Asia/Singapore",
            "schemaVersion": SCHEMA,
            "version": 1,
            "editable": False,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": {"from": "now-3h", "to": "now"},
            "links": [_links()],
            "annotations": {"list": [_alarms()]},
            "templating": {"list": [_variable(name, query) for name, query in self.variables]},
            "panels": panels,
        }


def _row(title: str, y: int, number: int) -> dict[str, Any]:
    position = {"h": 1, "w": WIDTH, "x": 0, "y": y}
    return {"id": number, "type": "row", "title": title, "gridPos": position, "collapsed": False, "panels": []}


def _panel(panel: Panel, position: dict[str, int], number: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.says,
        "datasource": SOURCE,
        "gridPos": position,
        "targets": _targets({"": panel.asked} if isinstance(panel.asked, str) else panel.asked),
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _OPTIONS[panel.kind],
    }


def _targets(asked: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"refId": letter, "datasource": SOURCE, "expr": expression, "legendFormat": legend or "__auto", "range": True}
        for letter, (legend, expression) in zip(ascii_uppercase, asked.items(), strict=False)
    ]


def _defaults(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    steps += [{"color": "orange", "value": panel.warn}] if panel.warn is not None else []
    steps += [{"color": "red", "value": panel.alarm}] if panel.alarm is not None else []
    lines = "line" if len(steps) > 1 else "off"
    words = {str(value): {"text": text, "index": place} for place, (value, text) in enumerate(panel.words)}
    return {
        "unit": panel.unit,
        "min": 0,
        "thresholds": {"mode": "absolute", "steps": steps},
        "mappings": [{"type": "value", "options": words}] if words else [],
        "custom": {"thresholdsStyle": {"mode": lines}, "fillOpacity": 8} if panel.kind == "timeseries" else {},
    }


_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "stat": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "background", "graphMode": "area"},
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
}


def _variable(name: str, query: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": query, "refId": "variable"},
        "definition": query,
        "refresh": 2,
        "sort": 1,
        "includeAll": False,
        "multi": False,
    }


def _links() -> dict[str, Any]:
    return {"type": "dashboards", "title": "TMS", "tags": ["tms"], "asDropdown": True, "keepTime": True}


def _alarms() -> dict[str, Any]:
    """Alarms as marks in every picture."""
    return {
        "name": "Alarms",
        "datasource": SOURCE,
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{alertstate="firing"}',
        "titleFormat": "{{alertname}}",
        "textFormat": "{{service}}{{consumer}}{{queue}}{{slo}}",
    }
