"""What Postgres itself refuses, whoever asks: proven by SQL that goes round all of our code."""

from libs.database.migrations import differences
from libs.testing.databases import MakeDatabase
from services.assessment.main import assessment as service
from services.assessment.models.model import Model


async def test_migrations_and_models_tell_the_same_story(service_database: MakeDatabase) -> None:
    assert await differences(await service_database(service), Model.metadata) == []
