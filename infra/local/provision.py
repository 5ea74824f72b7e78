"""Prepares the database for the services: a login and a schema each, every schema at head. Safe to repeat."""

import asyncio
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

from infra.local import environment
from infra.local.environment import admin_database_url, database_url, maintenance_url
from infra.local.layout import ROOT, Layout
from infra.local.secrets import Secrets
from infra.local.servers import DATABASE, login
from libs.chassis.schema import upgrade_and_hand_over
from libs.chassis.service import Service
from libs.database.provisioning import EXTENSIONS, administering, make_database, make_extension, make_schema


class SchemaBehind(RuntimeError):
    """A service's schema is not what its code expects."""


async def provision_database(layout: Layout, secrets: Secrets) -> None:
    """The database, one login per service, and the extensions their schemas need."""
    async with administering(maintenance_url(layout, secrets)) as connection:
        await make_database(connection, DATABASE)
    async with administering(admin_database_url(layout, secrets)) as connection:
        for extension in EXTENSIONS:
            await make_extension(connection, extension)
        for service in layout.services():
            password = secrets.services[service].database_password
            await make_schema(connection, database=DATABASE, schema=service, login=login(service), password=password)


def service_of(name: str) -> Service:
    """What the code of one service says it is."""
    found = import_module(f"services.{name}.main")
    return next(value for value in vars(found).values() if isinstance(value, Service))


async def migrate(layout: Layout, secrets: Secrets, service: str, code: Path = ROOT) -> None:
    """Bring one service's schema to the head of this tree's code, or of another's, with the service's own login.

    Raises SchemaBehind, which says what went wrong where.
    """
    if code != ROOT:
        await _migrate_by(code, layout, secrets, service)
        return
    try:
        await upgrade_and_hand_over(
            service_of(service), database_url(layout, secrets, service), admin_database_url(layout, secrets)
        )
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise SchemaBehind(
            f"{service} could not bring its schema to head.\n    {type(error).__name__}: {error}\n"
            f"    in {frame.filename}, line {frame.lineno}"
        ) from error


async def _migrate_by(code: Path, layout: Layout, secrets: Secrets, service: str) -> None:
    """The same by the program of another release."""
    told = environment.service(layout, secrets, service)
    values = {"PATH": os.environ["PATH"], **told, "ADMIN_DATABASE_URL": admin_database_url(layout, secrets)}
    program = [sys.executable, "-m", f"services.{service}.main", "migrate"]
    process = await asyncio.create_subprocess_exec(
        *program, cwd=code, env=values, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode != 0:
        raise SchemaBehind(f"{service} of {code} could not bring its schema to head.\n{said.decode()[-1500:]}")
