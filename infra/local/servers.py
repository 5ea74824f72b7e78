"""The private Postgres and RabbitMQ of a local system, with their accounts: each service reaches its own part only."""

import re

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


def rabbitmq(layout: Layout, secrets: Secrets) -> RabbitServer:
    admin = BrokerUser("tms_admin", secrets.broker_password, tags=("administrator",))
    services = [_account(service, secrets) for service in layout.services()]
    return RabbitServer(
        layout.run / "servers" / "rabbitmq",
        port=layout.port("rabbitmq"),
        epmd_port=layout.port("epmd"),
        dist_port=layout.port("rabbitmq-dist"),
        users=[admin, *services],
        vhosts=[VHOST],
    )


def login(service: str) -> str:
    return f"tms_{service}"


def _account(service: str, secrets: Secrets) -> BrokerUser:
    """May declare and read its own queues, publish to the shared exchange, and only on its own topics."""
    name = wire_name(service)
    own = rf"tms\.{re.escape(name)}\..*"
    shared = r"tms\.(events|dlx)"
    return BrokerUser(
        login(service),
        secrets.services[service].amqp_password,
        configure=f"^({own}|{shared})$",
        write=f"^({own}|{shared})$",
        read=f"^({own}|{shared})$",
        topics=f"^({'|'.join(_topics(name))})\\..*$",
    )


def _topics(service: str) -> list[str]:
    own = spoken_by(service) if service in SPEAKERS else []
    return sorted({event.type.partition(".")[0] for event in [*own, *spoken_by_all()]})
