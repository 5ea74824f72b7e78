"""What docker-compose.yml says, and what of it is not as it must be."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from compose_spec import PyCompose

from infra.local.layout import ROOT

FILE = ROOT / "docker-compose.yml"
OURS = "hawker-boys/"
NOBODY = "10001:10001"
HOLDS_A_NETWORK = ["sleep", "infinity"]
"""The command of what is there for its network alone: nothing of it can be unhealthy."""
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")
_VERSION = re.compile(r"^[\w./-]+:(?!latest)[\w.-]*\d[\w.-]*$")

Composed = dict[str, Any]


def read(told: Mapping[str, str] | None = None) -> Composed:
    """The file with its anchors resolved, and what is not told taken as it defaults."""
    values = told or {}
    text = _VARIABLE.sub(lambda found: values.get(found[1], found[2]), FILE.read_text())
    composed: Composed = yaml.safe_load(text)
    return composed


def mistakes(composed: Composed) -> list[str]:
    """What breaks the Compose specification, and what breaks our own rules."""
    try:
        PyCompose.from_json(json.dumps(composed)).validate()
    except ValueError as error:
        return [str(error)]
    return [
        f"{name}: {mistake}" for name, service in composed["services"].items() for mistake in _of(service, composed)
    ]


def environment_files(composed: Composed) -> set[str]:
    """The names of all files that programs get their settings from."""
    return {
        Path(path).name for service in composed["services"].values() for path in _listed(service.get("env_file", []))
    }


def _of(service: Composed, composed: Composed) -> Iterator[str]:
    if not _VERSION.match(service["image"]):
        yield f"runs {service['image']}, which is no version"
    if service.get("read_only") is not True:
        yield "can write to its root"
    if service.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in service.get("security_opt", []):
        yield "may gain rights"
    if "mem_limit" not in service:
        yield "has no limit of memory"
    if service["image"].startswith(OURS):
        yield from _of_ours(service)
    yield from _around(service, composed)


def _around(service: Composed, composed: Composed) -> Iterator[str]:
    """What it has to do with others: whom it waits for, where it keeps data, who reaches it."""
    for other, wish in _waits_for(service).items():
        if other not in composed["services"]:
            yield f"waits for {other}, which is not there"
        elif wish == "service_healthy" and "healthcheck" not in composed["services"][other]:
            yield f"waits for {other} to be healthy, which nobody checks"
    for source in (volume.partition(":")[0] for volume in service.get("volumes", [])):
        if not source.startswith((".", "/")) and source not in composed["volumes"]:
            yield f"keeps data in {source}, which is not declared"
    for port in service.get("ports", []):
        if not port.startswith("127.0.0.1:"):
            yield f"can be reached from other machines on {port}"


def _of_ours(service: Composed) -> Iterator[str]:
    if service.get("user") != NOBODY:
        yield "may run as root"
    checked = "healthcheck" in service or service["command"] == HOLDS_A_NETWORK
    if not checked and service["restart"] != "on-failure":
        yield "nobody checks whether it is healthy"


def _waits_for(service: Composed) -> dict[str, str]:
    wishes = service.get("depends_on", {})
    return (
        dict.fromkeys(wishes, "service_started")
        if isinstance(wishes, list)
        else {other: wish["condition"] for other, wish in wishes.items()}
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
