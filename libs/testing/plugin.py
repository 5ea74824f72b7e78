"""The fixtures every test of the project may ask for."""

from libs.testing.databases import database_templates, service_database
from libs.testing.servers import (
    _next_vhost,
    amqp_url,
    fault_postgres,
    fault_rabbit,
    postgres_server,
    pytest_configure,
    rabbit_server,
    vhost,
)
from libs.testing.sharing import pytest_collection_modifyitems, pytest_xdist_make_scheduler
from libs.testing.stage import stage

__all__ = [
    "_next_vhost",
    "amqp_url",
    "database_templates",
    "fault_postgres",
    "fault_rabbit",
    "postgres_server",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_xdist_make_scheduler",
    "rabbit_server",
    "service_database",
    "stage",
    "vhost",
]
