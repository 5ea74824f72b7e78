"""A session is marked: in one request, one by one, and changed afterwards."""

from libs.database.migrations import differences
from services.attendance.models.model import Model
from services.attendance.tests.builders import session
from services.attendance.tests.conftest import World


async def test_the_migrated_schema_is_what_the_models_say(world: World) -> None:
    url = world.stage.runtime.settings.database_url.get_secret_value()

    assert await differences(url, Model.metadata) == []


async def test_everybody_is_present_with_exceptions(world: World) -> None:
    first = session()
    _, people = await world.class_of(3, first)

    exceptions = [{"enrolment_id": people[1], "state": "absent", "note": "excused"}]
    outcomes = await world.mark(first.session_id, all_present=True, exceptions=exceptions)

    assert [each["outcome"] for each in outcomes] == ["applied"] * 3
    assert await world.states(first.session_id) == {people[0]: "present", people[1]: "absent", people[2]: "present"}
    line = await world.line(first.session_id, people[0])
    assert (line["minutes_credited"], line["sync"]["submission_revision"], line["sync_state"]) == (240, 1, "pending")
    absent = await world.line(first.session_id, people[1])
    assert (absent["sync"]["submission_revision"], absent["sync_state"]) == (0, "not_applicable")
    assert (await world.told()).count("attendance.marked") == 3
