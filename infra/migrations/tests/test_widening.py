"""What fails the release before is found; what only widens is not; and a declaration is held to its word."""

from pathlib import Path

import pytest

from infra.migrations.linter import NotLinted, narrowing
from infra.migrations.step import Narrows, Step, every_step, steps_in
from infra.migrations.widening import BEFORE_FIRST_RELEASE, mistakes
from libs.database.migrations import steps_of

RUN = "course.course_run"
BAD = [
    ("ban-drop-column", f"alter table {RUN} drop column vacancy"),
    ("ban-drop-table", f"drop table {RUN}"),
    ("renaming-column", f"alter table {RUN} rename column vacancy to free"),
    ("renaming-table", f"alter table {RUN} rename to training"),
    ("adding-not-nullable-field", f"alter table {RUN} alter column cancel_reason set not null"),
    ("adding-required-field", f"alter table {RUN} add column colour text not null"),
    ("changing-column-type", f"alter table {RUN} alter column schedule_info type varchar(30)"),
    ("constraint-missing-not-valid", f"alter table {RUN} add constraint small check (intake_size < 10)"),
    ("disallowed-unique-constraint", f"alter table {RUN} add constraint once unique (start_on)"),
    ("adding-unique-index", f"create unique index once_idx on {RUN} (start_on)"),
    ("adding-foreign-key-constraint", f"alter table {RUN} add constraint at_fkey foreign key (venue_id) references v"),
    ("ban-drop-default", f"alter table {RUN} alter column version drop default"),
    ("ban-drop-not-null", f"alter table {RUN} alter column start_on drop not null"),
]
GOOD = [
    f"alter table {RUN} add column colour text",
    f"alter table {RUN} add column version_2 integer not null default 1",
    f"create index colour_idx on {RUN} (start_on)",
    "create table course.new (id uuid primary key, name text not null); create unique index n_idx on course.new (name)",
    f"alter table {RUN} add constraint small check (intake_size < 10) not valid",
    "update course.course_run set vacancy = 'A'",
]


def step(sql: str, narrows: Narrows | None = None, *, revision: str = "0099") -> Step:
    return Step("course", revision, f"{sql};\n", narrows or {})


def told(one: Step, *released: str) -> list[str]:
    return list(mistakes(one, released))


@pytest.mark.parametrize(("rule", "sql"), BAD, ids=[rule for rule, _ in BAD])
def test_what_fails_the_release_before_is_refused_unless_a_release_has_stopped_using_it(rule: str, sql: str) -> None:
    found = {finding.rule for finding in narrowing(f"{sql};")}
    assert rule in found
    assert any(rule in mistake for mistake in told(step(sql)))
    declared = step(sql, dict.fromkeys(found, ("0.2.0", "since then nothing uses it")))
    assert told(declared, "0.1.0", "0.2.0") == []


@pytest.mark.parametrize("sql", GOOD)
def test_what_only_widens_needs_no_word(sql: str) -> None:
    assert told(step(sql)) == []


DROP = "alter table course.course_run drop column vacancy"


@pytest.mark.parametrize(
    ("sql", "narrows", "why"),
    [
        (DROP, {"ban-drop-column": ("0.3.0", "soon")}, "no release that has been"),
        (DROP, {"ban-drop-column": ("unreleased", "nobody has it")}, "no release that has been"),
        (DROP, {"ban-drop-column": ("0.2.0", " ")}, "does not say why"),
        (GOOD[0], {"ban-drop-column": ("0.2.0", "left over")}, "which it does not do"),
    ],
)
def test_a_declaration_is_held_to_its_word(sql: str, narrows: Narrows, why: str) -> None:
    found = told(step(sql, narrows), "0.1.0", "0.2.0")
    assert len(found) == 1
    assert why in found[0]


def test_what_came_before_the_first_release_may_say_so() -> None:
    assert told(step(DROP, {"ban-drop-column": ("unreleased", "nobody has it")}, revision="0002")) == []


def test_every_migration_of_every_service_is_looked_at_and_in_order() -> None:
    steps = list(every_step())
    assert {one.service for one in steps} == set(BEFORE_FIRST_RELEASE)
    assert all(one.sql.strip() for one in steps)
    assert [mistake for one in steps for mistake in mistakes(one, [])] == []


def test_statements_that_cannot_be_read_are_not_taken_for_good_ones() -> None:
    with pytest.raises(NotLinted):
        narrowing("alter table course.course_run drop kolumn vacancy")


def test_a_migration_written_in_python_is_read_as_its_statements(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").touch()
    (tmp_path / "versions" / "0001_rename.py").write_text(
        'from alembic import op\nrevision, down_revision = "0001", None\n'
        'def upgrade() -> None:\n    op.alter_column("run", "colour", new_column_name="paint", schema="course")\n'
    )
    assert len(steps_of(tmp_path)) == 1
    (one,) = steps_in(tmp_path, "course")
    assert [finding.rule for finding in narrowing(one.sql)] == ["renaming-column"]
