"""What each program is told, by the names of its settings: all it needs, and nothing it does not know."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from pydantic_settings import BaseSettings

from gateway.settings import GatewaySettings
from infra.k8s.rendering import WORKLOADS, Thing, containers_of, of_kind, title
from infra.k8s.secrecy import keys_of
from libs.chassis.service import Service

SHARED = {"settings"}
"""ConfigMaps (without the mark of their content) that all programs read; not all know every one of its names."""
OF_LIBRARIES = {"PGSSLMODE", "PGSSLROOTCERT", "PYTHONUNBUFFERED"}
"""Read by asyncpg and by Python itself."""
PARTS = {"POSTGRES_ADMIN", "POSTGRES_ADMIN_PASSWORD"}
"""Of which the cluster puts the administrator's address together."""


def mistakes(things: Sequence[Thing]) -> Iterator[str]:
    everywhere = set().union(*(known_by(settings) for settings in _all_settings())) | OF_LIBRARIES
    for workload in of_kind(things, *WORKLOADS):
        for container in containers_of(workload):
            settings = settings_of(container.get("command", []))
            if settings is None:
                continue
            shared, own = told(things, container)
            where = f"{title(workload)}/{container['name']}"
            for name in sorted(needed_by(settings) - shared - own):
                yield f"{where} is not told {name}"
            for name in sorted((own - known_by(settings) - PARTS) | (shared - everywhere)):
                yield f"{where} is told {name}, which it does not know"


def settings_of(command: Sequence[str]) -> type[BaseSettings] | None:
    """The settings class of the program that a command starts; None when it is none of ours."""
    module = command[2] if list(command[:2]) == ["python", "-m"] else ""
    if module == "gateway.main":
        return GatewaySettings
    if not module.startswith("services."):
        return None
    found = import_module(module)
    return next(value for value in vars(found).values() if isinstance(value, Service)).settings


def known_by(settings: type[BaseSettings]) -> set[str]:
    """The environment names a settings class reads."""
    return {_environment_name(settings, name, field) for name, field in settings.model_fields.items()}


def needed_by(settings: type[BaseSettings]) -> set[str]:
    """Those it cannot start without."""
    fields = settings.model_fields.items()
    return {_environment_name(settings, name, field) for name, field in fields if field.is_required()}


def told(things: Sequence[Thing], container: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The names in the environment of a container: those that all have, and its own."""
    maps = {thing["metadata"]["name"]: set(thing["data"]) for thing in of_kind(things, "ConfigMap")}
    secrets = {thing["metadata"]["name"]: keys_of(thing) for thing in of_kind(things, "ExternalSecret")}
    shared: set[str] = set()
    own = {entry["name"] for entry in container.get("env", [])}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            name = source["configMapRef"]["name"]
            (shared if name.rpartition("-")[0] in SHARED else own).update(maps.get(name, ()))
        else:
            own |= secrets.get(source["secretRef"]["name"], set())
    return shared, own


def config_maps_of(workload: Thing) -> Iterator[str]:
    for container in containers_of(workload):
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                yield source["configMapRef"]["name"]


def _environment_name(settings: type[BaseSettings], name: str, field: Any) -> str:
    return field.validation_alias or f"{settings.model_config.get('env_prefix', '')}{name}".upper()


def _all_settings() -> Iterator[type[BaseSettings]]:
    from infra.contracts.documents import service_names  # here: it imports every service

    yield GatewaySettings
    for service in service_names():
        found = settings_of(["python", "-m", f"services.{service}.main"])
        if found is not None:
            yield found
