"""The private Postgres and RabbitMQ of a local system, with their accounts: each service reaches its own part only."""

import re
from collections.abc import Mapping

from infra.local.layout import Layout, wire_name
from infra.local.secrets import Secrets
from libs.contracts.catalogue import SPEAKERS, spoken_by, spoken_by_all
from libs.servers.postgres import PostgresServer
from libs.servers.rabbitmq import BrokerUser, RabbitServer

DATABASE = "tms"
VHOST = "tms"


def postgres(layout: Layout, secrets: Secrets) -> PostgresServer:
    return PostgresServer(
        layout.run / "servers" / "postgres", port=layout.port("postgres"), password=secrets.postgres_password
    )


def broker_accounts(passwords: Mapping[str, str], *, admin_password: str) -> list[BrokerUser]:
    """Everybody the broker knows: its administrator, and each service with no more than it needs."""
    admin = BrokerUser("tms_admin", admin_password, tags=("administrator",))
    return [admin, *(_account(service, password) for service, password in passwords.items())]


def broker_passwords(layout: Layout, secrets: Secrets) -> dict[str, str]:
    return {service: secrets.services[service].amqp_password for service in layout.services()}


def rabbitmq(layout: Layout, secrets: Secrets) -> RabbitServer:
    return RabbitServer(
        layout.run / "servers" / "rabbitmq",
        port=layout.port("rabbitmq"),
        epmd_port=layout.port("epmd"),
        dist_port=layout.port("rabbitmq-dist"),
        users=broker_accounts(broker_passwords(layout, secrets), admin_password=secrets.broker_password),
        vhosts=[VHOST],
    )


def login(service: str) -> str:
    return f"tms_{service}"


def _account(service: str, password: str) -> BrokerUser:
    """May declare and read its own queues, publish to the shared exchange, and only on its own topics."""
    name = wire_name(service)
    own = rf"tms\.{re.escape(name)}\..*"
    shared = r"tms\.(events|dlx)"
    return BrokerUser(
        login(service),
        password,
        configure=f"^({own}|{shared})$",
        write=f"^({own}|{shared})$",
        read=f"^({own}|{shared})$",
        topics=f"^({'|'.join(_topics(name))})\\..*$",
    )


def _topics(service: str) -> list[str]:
    own = spoken_by(service) if service in SPEAKERS else []
    return sorted({event.type.partition(".")[0] for event in [*own, *spoken_by_all()]})
