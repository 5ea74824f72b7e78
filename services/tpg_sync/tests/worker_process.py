"""An engine in a process of its own, to be killed: `python worker_process.py <settings as JSON>`."""

import asyncio
import json
import random
import sys
from typing import Any

import httpx
from pydantic import SecretStr

from libs.chassis.runtime import Runtime
from libs.chassis.settings import Environment
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.privacy.vault import Vault
from libs.sources import SystemClock, TimeOrderedIds
from libs.testing.passes import Passes
from libs.testing.stage import SYNTHETIC_INDEX_KEY, SYNTHETIC_KEYS
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import TpgClient
from services.tpg_sync.engine.engine import Engine
from services.tpg_sync.settings import SyncSettings


async def main(given: dict[str, Any]) -> None:
    """Run until killed."""
    settings = SyncSettings(
        environment=Environment.TEST,
        port=1,
        database_url=SecretStr(given["database_url"]),
        amqp_url=SecretStr("amqp://nowhere.invalid/"),
        **given["settings"],
    )

    clock, ids = SystemClock(), TimeOrderedIds()
    engine = create_engine(given["database_url"], application_name="sync worker under test")
    owners_client = httpx.AsyncClient(base_url=given["owner_url"])
    runtime: Runtime[SyncSettings] = Runtime(
        service="tpg-sync",
        settings=settings,
        engine=engine,
        units=UnitsOfWork(engine, clock=clock, ids=ids, append=outbox_append("tpg-sync", "tpg_sync")),
        clock=clock,
        ids=ids,
        chance=random.Random(1),
        verifier=Passes(),
        vault=Vault.from_settings(SYNTHETIC_KEYS, SYNTHETIC_INDEX_KEY),
        peers=dict.fromkeys(("course", "enrolment", "attendance", "assessment"), owners_client),
    )
    async with owners_client, TpgClient(settings, clock=clock) as client, Owners(runtime.peers) as owners:
        await Engine(runtime, client, owners).run()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
