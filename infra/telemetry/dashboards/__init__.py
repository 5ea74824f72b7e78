"""The dashboards, each a file; `python -m infra.telemetry write` makes Grafana's JSON of them."""

from typing import Final

from infra.telemetry.dashboards.compliance import COMPLIANCE
from infra.telemetry.dashboards.messaging import MESSAGING
from infra.telemetry.dashboards.service import SERVICE
from infra.telemetry.dashboards.sync import SYNC
from infra.telemetry.dashboards.system import SYSTEM

ALL: Final = (SYSTEM, MESSAGING, SYNC, COMPLIANCE, SERVICE)
