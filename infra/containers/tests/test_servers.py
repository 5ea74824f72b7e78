"""Tests in containers run on the servers that docker-compose.yml runs."""

import yaml

from infra.local.layout import ROOT
from libs.testing.containers import POSTGRES_IMAGE, RABBITMQ_IMAGE


def test_the_servers_of_the_tests_are_those_of_the_system() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert (services["postgres"]["image"], services["rabbitmq"]["image"]) == (POSTGRES_IMAGE, RABBITMQ_IMAGE)
