"""What each program is told in a container: what it is told on this machine, at the addresses that hold there."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from infra.local import environment
from infra.local.layout import Layout, wire_name
from infra.local.secrets import Secrets
from infra.local.servers import DATABASE, VHOST, broker_accounts, login
from libs.servers.rabbitmq import definitions

PORT = 8080
"""Every program has a network of its own, so they all take the same."""
OF_THIS_MACHINE = {"PYTHONPATH", "PYTHONUNBUFFERED", "TMS_TELEMETRY_DIR", "TMS_CLOCK_FILE", "TMS_SUCCESSOR"}
"""Settings that the images hold already, or that have no meaning in one: time is not moved there."""
ADMINISTRATOR = "postgres"

Environment = dict[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a container finds what it does not have itself."""

    postgres: str
    amqp: str
    """Scheme and host, and what an address ends with: `amqp://rabbitmq:5672`."""
    collector: str
    amqp_options: str = ""


COMPOSE = Places(postgres="postgres:5432", amqp="amqp://rabbitmq:5672", collector="http://otel-collector:4318")
CLUSTER = Places(
    postgres="tms-postgres-rw:5432",
    amqp="amqps://tms-rabbitmq:5671",
    amqp_options="?cafile=/run/tms/rabbitmq/ca.crt",
    collector="http://otel-collector.observability:4318",
)


def programs(layout: Layout, secrets: Secrets, places: Places) -> dict[str, Environment]:
    """The environment of each service, of the gateway and of the simulator, by name on the wire."""
    told = replace(secrets, database_url=admin_url(secrets, places), amqp_url="amqp://unused")
    found = {wire_name(name): _service(layout, told, name, places) for name in layout.services()}
    found["gateway"] = environment.gateway(layout, told) | _here(layout.services(), places)
    found["simulator"] = environment.simulator(told)
    return {name: _without(values, OF_THIS_MACHINE) for name, values in found.items()}


def _service(layout: Layout, secrets: Secrets, name: str, places: Places) -> Environment:
    scheme, _, host = places.amqp.partition("://")
    password = secrets.services[name].amqp_password
    values = environment.service(layout, secrets, name) | _here(layout.services(), places)
    values["AMQP_URL"] = f"{scheme}://{login(name)}:{password}@{host}/{VHOST}{places.amqp_options}"
    if name == "tpg_sync":
        # The two share a loopback: neither speaks plain HTTP beyond one.
        values["TMS_TPG_BASE_URL"] = f"http://127.0.0.1:{layout.port('simulator') - layout.base}"
    return values


def _here(services: Iterable[str], places: Places) -> Environment:
    peers = {wire_name(service): f"http://{wire_name(service)}-api:{PORT}" for service in services}
    return {
        "TMS_HOST": "0.0.0.0",
        "TMS_PORT": str(PORT),
        "TMS_PEERS": json.dumps(peers),
        "TMS_AUTH_URL": peers["auth"],
        "OTEL_EXPORTER_OTLP_ENDPOINT": places.collector,
    }


def admin_url(secrets: Secrets, places: Places) -> str:
    return f"postgresql://{ADMINISTRATOR}:{secrets.postgres_password}@{places.postgres}/{DATABASE}"


def broker_definitions(passwords: Mapping[str, str], *, admin_password: str) -> str:
    """What the broker imports when it starts: accounts, rights, the virtual host."""
    return json.dumps(definitions(broker_accounts(passwords, admin_password=admin_password), [VHOST]), indent=1)


def _without(values: Environment, unwanted: set[str]) -> Environment:
    return {name: value for name, value in values.items() if name not in unwanted}
