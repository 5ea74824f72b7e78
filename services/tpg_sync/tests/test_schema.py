"""The migrations make what the models say."""

from libs.database.migrations import differences
from libs.testing.databases import MakeDatabase
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.models import Model


async def test_models_and_migrations_tell_the_same_story(service_database: MakeDatabase) -> None:
    url = await service_database(tpg_sync)
    assert await differences(url, Model.metadata) == []
