"""What Postgres itself refuses, whoever asks: proven by SQL that goes round all of our code."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.database.migrations import differences
from libs.testing.databases import MakeDatabase
from services.assessment.main import assessment as service
from services.assessment.models.model import Model
from services.assessment.tests.conftest import World, ok


async def refused(world: World, statement: str) -> str:
    """What the database says to one statement that it must not take."""
    with pytest.raises(DBAPIError) as error:
        async with world.stage.runtime.engine.begin() as connection:
            await connection.execute(text(statement))
    return str(error.value.orig)


async def test_migrations_and_models_tell_the_same_story(service_database: MakeDatabase) -> None:
    assert await differences(await service_database(service), Model.metadata) == []


RESULTS = [
    ("status = 'lost', effective = false", "assessment_status_check"),
    ("attempt = 0", "assessment_attempt_check"),
    ("status = 'voided'", "assessment_effective_check"),
    ("status = 'voided', effective = false", "assessment_voided_check"),
    ("finalised_at = null", "assessment_finalised_check"),
    ("passed = null", "assessment_passed_check"),
    ("submitted_at = null", "assessment_submitted_check"),
    ("rule_number = 99", "assessment_rule_number_fkey"),
    ("status = 'draft'", "never a draft again"),
    ("enrolment_id = gen_random_uuid()", "never changes"),
]
PROPOSALS = [
    ("decided_by = proposed_by, decided_at = now(), status = 'approved'", "proposal_second_person_check"),
    ("decided_by = 'somebody', decided_at = now(), status = 'withdrawn'", "proposal_second_person_check"),
    ("status = 'approved'", "proposal_decided_check"),
    ("values_sealed = null", "proposal_values_check"),
]
CERTIFICATES = [
    ("status = 'revoked'", "certificate_revoked_check"),
    ("code = '0'", "never change"),
]
FIXED = [
    "delete from assessment.assessment",
    "update assessment.revision set reason = 'another'",
    "delete from assessment.revision",
    "update assessment.rule set pass_mark = 1",
    "delete from assessment.certificate",
]
COPIED = """insert into assessment.assessment
    select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), {given}))).*
    from assessment.assessment t"""
TWICE = [
    ("'attempt', 2", "assessment_one_effective_key"),
    ("'effective', false", "assessment_attempt_key"),
]


async def test_a_result_that_breaks_a_rule_cannot_be_stored(world: World) -> None:
    final = await world.final(score=60)
    await ok(world.act(final, "proposals", score=61, reason="wrong sum"))

    for table, changes in (("assessment", RESULTS), ("proposal", PROPOSALS), ("certificate", CERTIFICATES)):
        for change, constraint in changes:
            statement = f"update assessment.{table} set {change}"  # noqa: S608 - the tables above
            assert constraint in await refused(world, statement), change
    for given, constraint in TWICE:
        assert constraint in await refused(world, COPIED.format(given=given)), given
    for statement in FIXED:
        assert "never" in await refused(world, statement), statement


async def test_a_voided_result_stays_as_it_is(world: World) -> None:
    await ok(world.act(await world.final(), "void", world.admin, reason="wrong paper"))

    for change in ("words_sealed = 'x'", "void_reason = 'another'", "status = 'final'", "voided_by = 'somebody'"):
        statement = f"update assessment.assessment set {change}"  # noqa: S608 - the list above
        assert "stays as it is" in await refused(world, statement)
