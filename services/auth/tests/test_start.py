"""The start: tables as modelled, accounts as declared, and no start on what must not be."""

import asyncio
import json
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import text

from libs.access.permissions import Role
from libs.chassis.settings import GENERATED_MARK, Environment
from libs.database.migrations import differences
from libs.testing.stage import MakeStage
from services.auth.handlers import prepare
from services.auth.main import auth as service
from services.auth.models.model import Model
from services.auth.settings import AuthSettings
from services.auth.tests.conftest import (
    CHEAP,
    CLIENT_ID,
    CLIENT_SECRET,
    PASSWORD,
    Auth,
    declared_clients,
    declared_people,
    ok,
    open_auth,
)

OTHER_SECRET = "another-synthetic-client-secret-01"


async def test_the_models_are_what_the_migrations_make(auth: Auth) -> None:
    url = auth.stage.runtime.settings.database_url.get_secret_value()
    assert await differences(url, Model.metadata) == []


async def test_starting_again_changes_and_tells_nothing(auth: Auth) -> None:
    before = len(await auth.told())
    await prepare(auth.stage.runtime)
    assert len(await auth.told()) == before


async def test_several_processes_may_start_at_once(stage: MakeStage) -> None:
    made = await stage(
        service, **{**CHEAP, "bootstrap_users": declared_people(), "bootstrap_clients": declared_clients()}
    )
    await asyncio.gather(*(prepare(made.runtime) for _ in range(4)))
    kinds = [told.event_type for told in await made.told()]
    assert sorted(kinds) == ["client.created", "signing_key.rotated", "user.created", "user.created", "user.created"]


async def test_an_account_people_have_changed_is_left_as_it_is(auth: Auth) -> None:
    ops = await auth.id_of("ops")
    await ok(auth.act(f"users/{ops}/password", password="entirely unrelated words"))
    await ok(auth.act(f"users/{ops}/roles", method="PUT", roles=["finance"]))
    await prepare(auth.stage.runtime)
    assert (await auth.sign_in("ops", PASSWORD)).status_code == 401
    assert (await ok(auth.admin.get(f"/api/v1/auth/users/{ops}")))["roles"] == ["finance"]


def redeclare(auth: Auth, clients: SecretStr) -> None:
    changed = auth.stage.runtime.settings.model_copy(update={"bootstrap_clients": clients})
    object.__setattr__(auth.stage.runtime, "settings", changed)  # as after a restart with another environment


async def test_a_client_follows_its_declaration(auth: Auth) -> None:
    redeclare(auth, declared_clients("messaging:view", name="course-2", secret=OTHER_SECRET))
    await prepare(auth.stage.runtime)
    assert (
        await auth.token("client_credentials", client_id=str(CLIENT_ID), client_secret=CLIENT_SECRET)
    ).status_code == 401
    given = await ok(auth.token("client_credentials", client_id=str(CLIENT_ID), client_secret=OTHER_SECRET))
    assert given["scope"] == "messaging:view"
    assert len(await auth.told("client.changed")) == len(await auth.told("client.secret_rotated")) == 1


async def test_a_client_an_administrator_disabled_stays_so(auth: Auth) -> None:
    await ok(auth.act(f"clients/{CLIENT_ID}/disable", reason="its secret has leaked"))
    redeclare(auth, declared_clients(secret=OTHER_SECRET))
    await prepare(auth.stage.runtime)
    assert (
        await auth.token("client_credentials", client_id=str(CLIENT_ID), client_secret=OTHER_SECRET)
    ).status_code == 401


async def test_a_declared_scope_no_service_may_hold_stops_the_start(stage: MakeStage) -> None:
    with pytest.raises(Exception, match="cannot be given to a client"):
        await open_auth(stage, bootstrap_clients=declared_clients("users:write"))


def settings(**given: Any) -> AuthSettings:
    needed = {"port": 1, "database_url": SecretStr("postgresql://x@db/tms"), "amqp_url": SecretStr("amqp://x@mq/")}
    return AuthSettings(**{**needed, **given})


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("bootstrap_users", "not json: a-very-secret-word", "the whole"),
        ("bootstrap_users", json.dumps([{"email": "a@example.com", "password": "a-very-secret-word"}]), "0.name"),
        ("bootstrap_clients", json.dumps([{"id": "x", "secret": "a-very-secret-word"}]), "0.id, 0.name"),
        ("bootstrap_clients", json.dumps({"secret": "a-very-secret-word"}), "the whole"),
    ],
)
def test_a_declaration_that_cannot_be_read_stops_the_start_without_telling_secrets(
    name: str, text: str, place: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        settings(**{name: SecretStr(text)})
    assert f"{name} cannot be read at: {place}" in str(refusal.value)
    assert "a-very-secret-word" not in str(refusal.value)


def test_a_declared_person_holds_each_role_once_and_never_that_of_a_client() -> None:
    person = {"email": "a@example.com", "name": "A", "password": PASSWORD}
    twice = SecretStr(json.dumps([{**person, "roles": ["ops", "admin", "ops"]}]))
    assert [user.roles for user in settings(bootstrap_users=twice).users()] == [[Role.OPS, Role.ADMIN]]
    client = SecretStr(json.dumps([{**person, "roles": ["ops", "service"]}]))
    with pytest.raises(ValidationError, match=r"bootstrap_users cannot be read at: 0\.roles"):
        settings(bootstrap_users=client)


@pytest.mark.parametrize("name", ["bootstrap_users", "bootstrap_clients"])
def test_production_refuses_accounts_with_locally_generated_secrets(name: str) -> None:
    generated = {
        "bootstrap_users": [
            {"email": "a@example.com", "name": "A", "password": GENERATED_MARK + "x" * 20, "roles": ["ops"]}
        ],
        "bootstrap_clients": [
            {"id": str(CLIENT_ID), "name": "course", "secret": GENERATED_MARK + "x" * 30, "scopes": []}
        ],
    }
    declared = {name: SecretStr(json.dumps(generated[name]))}
    settings(environment=Environment.DEVELOPMENT, **declared)
    with pytest.raises(ValidationError, match="production refuses to start"):
        settings(environment=Environment.PRODUCTION, **declared)


async def test_no_table_and_no_event_holds_anything_personal_or_secret_in_clear(auth: Auth) -> None:
    """Given a busy day, when every row of every table is read as text, then no name, address or secret stands there."""
    given = await ok(auth.sign_in())
    renewed = await ok(auth.refresh(given["refresh_token"]))
    await auth.sign_in("ops", "not the password")
    client = await ok(auth.admin.post("/api/v1/auth/clients", json={"name": "payroll", "scopes": ["runs:view"]}))
    wish = {"email": "new@example.com", "name": "Test Newcomer", "roles": ["ops"], "password": "some unrelated words"}
    await ok(auth.admin.post("/api/v1/auth/users", json=wish, headers={"Idempotency-Key": "one"}))

    secret = ["example.com", "Newcomer", "Test Ops", PASSWORD, "not the password", "some unrelated words"]
    secret += [CLIENT_SECRET, client["secret"]]
    secret += [token for each in (given, renewed) for token in (each["access_token"], each["refresh_token"])]
    rows = await everything(auth)
    assert len(rows) > 20
    assert [word for word in secret if any(word in row for row in rows)] == []


async def everything(auth: Auth) -> list[str]:
    """Every row of the schema as text, with byte columns decoded as far as they can be."""
    tables = "select table_name from information_schema.tables where table_schema = 'auth'"
    found: list[str] = []
    async with auth.stage.units.reading() as unit:
        for name in (await unit.session.scalars(text(tables))).all():
            rows = await unit.session.execute(text(f"select * from auth.{name}"))  # noqa: S608 - our own names
            found.extend(" ".join(as_text(value) for value in row) for row in rows)
    return found


def as_text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
