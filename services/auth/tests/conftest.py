"""Auth on a stage with one account of each kind, driven through its own routes."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from libs.access.permissions import Role
from libs.access.token import JwksVerifier
from libs.contracts.envelope import Envelope
from libs.testing.stage import MakeStage, Stage
from services.auth.handlers import prepare
from services.auth.main import auth as service
from services.auth.queries.keys import StoredKeys

PASSWORD = "correct horse battery"
CLIENT_ID, CLIENT_SECRET = UUID(int=77), "synthetic-client-secret-0123456789"
CHEAP = {"argon2_time_cost": 1, "argon2_memory_kib": 64, "argon2_lanes": 1}
"""Hashing at a cost no test feels; what it costs in earnest is a setting."""
OK = range(200, 300)


def declared_people() -> SecretStr:
    people = [
        {"email": f"{role}@example.com", "name": f"Test {role.title()}", "password": PASSWORD, "roles": [role]}
        for role in ("admin", "ops", "auditor")
    ]
    return SecretStr(json.dumps(people))


def declared_clients(*scopes: str, name: str = "course", secret: str = CLIENT_SECRET) -> SecretStr:
    wanted = scopes or ("events:feed", "runs:view")
    return SecretStr(json.dumps([{"id": str(CLIENT_ID), "name": name, "secret": secret, "scopes": wanted}]))


@dataclass(slots=True)
class Auth:
    """The service, and a caller without a token."""

    stage: Stage
    nobody: httpx.AsyncClient
    admin: httpx.AsyncClient
    admin_id: UUID

    async def token(self, grant: str, *, headers: dict[str, str] | None = None, **form: Any) -> httpx.Response:
        return await self.nobody.post("/api/v1/auth/token", data={"grant_type": grant, **form}, headers=headers)

    async def sign_in(self, who: str = "ops", password: str = PASSWORD, **options: Any) -> httpx.Response:
        return await self.token("password", username=f"{who}@example.com", password=password, **options)

    async def refresh(self, token: str) -> httpx.Response:
        return await self.token("refresh_token", refresh_token=token)

    async def id_of(self, who: str) -> UUID:
        found = await ok(self.admin.post("/api/v1/auth/users/find", json={"email": f"{who}@example.com"}))
        return UUID(found["items"][0]["id"])

    async def act(self, path: str, *, method: str = "POST", as_: httpx.AsyncClient | None = None, **body: Any) -> Any:
        """Change a record of auth at the version last read."""
        caller = as_ or self.admin
        record = "/".join(path.split("/")[:2])
        version = (await self.admin.get(f"/api/v1/auth/{record}")).headers.get("etag", '"1"')
        return await caller.request(method, f"/api/v1/auth/{path}", json=body, headers={"If-Match": version})

    async def told(self, kind: str | None = None) -> list[Envelope]:
        """Events so far, without those of the start."""
        return [each for each in await self.stage.told() if kind is None or each.event_type == kind]

    def later(self, **by: float) -> None:
        self.stage.clock.advance(timedelta(**by))

    def verifier(self) -> JwksVerifier:
        """As another service checks tokens, with keys read where auth keeps them."""
        return JwksVerifier(StoredKeys(self.stage.units), issuer="tms", audience="tms", clock=self.stage.clock)


async def ok(asking: Any) -> Any:
    """The body of an answer that must be a success."""
    answer = await asking
    assert answer.status_code in OK, answer.text
    return answer.json()


async def open_auth(stage: MakeStage, **settings: Any) -> Auth:
    """A prepared service; the admin's client acts as the declared administrator."""
    people, clients = declared_people(), declared_clients()
    made = await stage(service, **{**CHEAP, "bootstrap_users": people, "bootstrap_clients": clients, **settings})
    await prepare(made.runtime)
    looking = Auth(made, await made.client(), await made.client(Role.ADMIN), UUID(int=0))
    looking.admin_id = await looking.id_of("admin")
    looking.admin = await made.client(Role.ADMIN, subject=looking.admin_id)
    return looking


@pytest.fixture
async def auth(stage: MakeStage) -> Auth:
    return await open_auth(stage)
