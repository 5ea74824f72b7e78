"""The files that docker-compose.yml reads: one environment a program, with no more than that program may know."""

from dataclasses import replace
from pathlib import Path

from infra.containers.settings import ADMINISTRATOR, COMPOSE, Environment, admin_url, broker_definitions, programs
from infra.local.layout import Layout
from infra.local.secrets import Secrets, write_privately
from infra.local.servers import DATABASE, broker_passwords

FOLDER = "compose"


class Unquotable(ValueError):
    """A value that an environment file cannot carry."""


def write(layout: Layout, secrets: Secrets, *, telemetry: bool = True) -> Path:
    """Write them all anew, for their owner alone; answers the folder. Without telemetry nobody has a collector."""
    folder = layout.run / FOLDER
    places = COMPOSE if telemetry else replace(COMPOSE, collector="")
    told = programs(layout, secrets, places) | _servers(secrets)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, values in told.items():
        write_privately(folder / f"{name}.env", lines(values))
    write_privately(folder / "compose.env", lines(_compose(layout), quoted=False))
    # The broker reads it as a user of its own: the folder keeps others of this machine out. It holds hashes only.
    passwords = broker_passwords(layout, secrets)
    write_privately(folder / "definitions.json", broker_definitions(passwords, admin_password=secrets.broker_password))
    (folder / "definitions.json").chmod(0o644)
    return folder


def _servers(secrets: Secrets) -> dict[str, Environment]:
    return {
        "administrator": {"ADMIN_DATABASE_URL": admin_url(secrets, COMPOSE)},
        "postgres": {
            "POSTGRES_USER": ADMINISTRATOR,
            "POSTGRES_PASSWORD": secrets.postgres_password,
            "POSTGRES_DB": DATABASE,
        },
        "grafana": {"GF_SECURITY_ADMIN_PASSWORD": secrets.people["sre"]},
    }


def _compose(layout: Layout) -> Environment:
    """What docker-compose.yml itself is told."""
    return {
        "COMPOSE_PROJECT_NAME": project(layout),
        "TMS_RUN": str(layout.run),
        "TMS_GATEWAY_PORT": str(layout.port("gateway")),
        "TMS_JAEGER_PORT": str(layout.base + 16686),
        "TMS_PROMETHEUS_PORT": str(layout.base + 9090),
        "TMS_GRAFANA_PORT": str(layout.base + 3000),
    }


def project(layout: Layout) -> str:
    """What compose calls this layout's system: a second one has its own."""
    return f"tms{layout.base or ''}"


def lines(values: Environment, *, quoted: bool = True) -> str:
    """The values as an environment file, in single quotes: nothing in them is put in or taken out by its reader."""
    for name, value in values.items():
        if "'" in value or "\n" in value:
            raise Unquotable(f"{name} holds a quote or a line's end")
    mark = "'" if quoted else ""
    return "".join(f"{name}={mark}{value}{mark}\n" for name, value in sorted(values.items()))
