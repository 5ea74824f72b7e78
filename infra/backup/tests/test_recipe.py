"""The recipe for containers names what docker-compose.yml has."""

import re

from infra.containers import compose
from infra.local.layout import ROOT, Layout, wire_name

README = ROOT / "infra" / "backup" / "README.md"


def recipe() -> str:
    return README.read_text().partition("## In containers")[2].partition("## ")[0]


def test_the_recipe_restores_every_service() -> None:
    named = re.search(r'SERVICES="([^"]+)"', recipe())
    assert named is not None
    assert sorted(named[1].split()) == sorted(wire_name(service) for service in Layout().services())


def test_the_recipe_speaks_to_parts_that_are_there() -> None:
    parts = set(re.findall(r"\$s-(\w+)", recipe()))
    started = re.search(r"up --detach --wait (.+)", recipe())
    assert parts == {"migrate", "worker"}
    assert started is not None
    composed = compose.read()["services"]
    assert set(started[1].split()) <= set(composed)
    assert {f"{wire_name(service)}-{part}" for service in Layout().services() for part in parts} <= set(composed)


def test_what_new_epoch_needs_is_started_on_a_new_machine() -> None:
    """`run --no-deps` starts nothing, and a network of another container has to be there."""
    started = re.search(r"up --detach --wait (.+)", recipe())
    assert started is not None
    there = set(started[1].split())
    composed = compose.read()["services"]
    networks = {composed[name]["network_mode"] for name in there if "network_mode" in composed[name]}
    workers = [composed[f"{wire_name(service)}-worker"] for service in Layout().services()]
    assert {"postgres", "rabbitmq"} <= there
    assert {worker["network_mode"] for worker in workers if "network_mode" in worker} <= networks
