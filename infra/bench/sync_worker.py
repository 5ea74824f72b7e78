"""A tpg-sync worker alone: the engine on a given database, owner and simulator; runs until it is ended."""

import base64
import os
import random
import sys

import httpx
import uvloop
from pydantic import SecretStr

from infra.bench.sync_case import KEY, UEN
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.chassis.settings import Environment
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.errors import Unauthenticated
from libs.outbox.append import outbox_append
from libs.privacy.vault import Vault
from libs.sources import SystemClock, TimeOrderedIds
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import TpgClient
from services.tpg_sync.engine.engine import Engine
from services.tpg_sync.settings import SyncSettings


class _NobodyCalls:
    """The worker alone serves no routes."""

    async def verify(self, token: str) -> Principal:
        del token
        raise Unauthenticated("nobody calls this process")


def settings(database_url: str, gateway_url: str) -> SyncSettings:
    """As in production, but for the rate: the benchmark asks how fast the engine is, not how patient."""
    return SyncSettings(
        environment=Environment.TEST,
        port=1,
        DATABASE_URL=SecretStr(database_url),
        AMQP_URL=SecretStr("amqp://nowhere.invalid/"),
        tpg_base_url=gateway_url,
        tpg_encryption_key=SecretStr(KEY),
        tpg_uen=UEN,
        tpg_rate_per_s=100_000,
        tpg_burst=10_000,
        sync_senders=int(os.environ.get("BENCH_SENDERS", "64")),
    )


async def main(database_url: str, gateway_url: str, owner_url: str) -> None:
    wanted = settings(database_url, gateway_url)
    clock, ids = SystemClock(), TimeOrderedIds()
    engine = create_engine(database_url, application_name="sync bench")
    key = base64.b64encode(os.urandom(32)).decode()
    async with (
        httpx.AsyncClient(base_url=owner_url) as owner,
        TpgClient(wanted, clock=clock) as client,
        Owners({"course": owner}) as owners,
    ):
        runtime: Runtime[SyncSettings] = Runtime(
            service="tpg-sync",
            settings=wanted,
            engine=engine,
            units=UnitsOfWork(engine, clock=clock, ids=ids, append=outbox_append("tpg-sync", "tpg_sync")),
            clock=clock,
            ids=ids,
            chance=random.Random(1),  # noqa: S311 - jitter
            verifier=_NobodyCalls(),
            vault=Vault.from_settings(SecretStr(f"bench:{key}"), SecretStr(key)),
            peers={"course": owner},
        )
        await Engine(runtime, client, owners).run()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:4]))
