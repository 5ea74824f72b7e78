"""People can be erased: keys of their own, rows that tell nobody any more, and who has destroyed what.

What was sealed before opens as it did; the worker seals it anew with people's own keys.
"""

from alembic import op

from libs.privacy.schema import data_key_v1

revision = "0003"
down_revision = "0002"
narrows = {
    "ban-drop-not-null": ("widens", "only who is erased has nothing there, and only a build that knows erasure erases"),
    "constraint-missing-not-valid": ("widens", "holds for every row an earlier build writes: nobody erased, years as given"),
    "ban-drop-default": ("unreleased", "a build that knows no retention writes no policy"),
}

NEEDED = (
    "id_number_sealed, id_number_index, id_number_last4, full_name_sealed, full_name_index, born_on_sealed, person_index"
)
ALL = f"{NEEDED}, email_sealed, email_index, phone_sealed, phone_index"

STATEMENTS = [
    *(f"alter table enrolment.trainee alter column {name} drop not null" for name in NEEDED.split(", ")),
    "alter table enrolment.trainee add column erased_at timestamptz",
    f"""alter table enrolment.trainee add constraint trainee_erased_check check (case when erased_at is null
    then num_nonnulls({NEEDED}) = 7 else num_nonnulls({ALL}) = 0 end)""",
    # The retention listing walks people in the order they were entered; the worker looks for those without a key.
    "create index trainee_known_idx on enrolment.trainee (id) where erased_at is null",
    """create function enrolment.guard_erased_trainee() returns trigger language plpgsql as $$
begin
    raise exception 'who is erased stays so' using errcode = 'restrict_violation';
end $$""",
    """create trigger guard_erased_trainee before update of erased_at on enrolment.trainee
for each row when (old.erased_at is not null and new.erased_at is distinct from old.erased_at)
execute function enrolment.guard_erased_trainee()""",
    # Five years are a working assumption, as the compliance calendar's; the default is for the versions there are.
    "alter table enrolment.policy add column retention_years integer not null default 5",
    "alter table enrolment.policy alter column retention_years drop default",
    "alter table enrolment.policy add constraint policy_retention_check check (retention_years > 0)",
    """create table enrolment.erasure (
    trainee_id uuid primary key constraint erasure_trainee_id_fkey references enrolment.trainee,
    asked_at timestamptz not null,
    asked_by varchar not null,
    reason varchar not null,
    policy_version integer not null constraint erasure_policy_version_fkey references enrolment.policy (number),
    agreed_at timestamptz,
    agreed_by varchar,
    constraint erasure_agreed_check check ((agreed_at is null) = (agreed_by is null)),
    constraint erasure_second_person_check check (agreed_by <> asked_by)
)""",
    """create table enrolment.erasure_copy (
    trainee_id uuid not null constraint erasure_copy_trainee_id_fkey references enrolment.trainee,
    service varchar not null,
    erased_at timestamptz not null,
    primary key (trainee_id, service)
)""",
    # Rows of files: cells go when the row is taken, and from the rest when the file is forgotten.
    "alter table enrolment.import_row alter column cells_sealed drop not null",
    "alter table enrolment.import_batch add column forgotten_at timestamptz",
    "alter table enrolment.import_batch alter column sha256 drop not null",
    "create index import_batch_kept_idx on enrolment.import_batch (updated_at) where forgotten_at is null",
    """update enrolment.import_row set cells_sealed = null, id_number_index = null
    where settled_at is not null and enrolment_id is not null""",
    *data_key_v1("enrolment"),
]


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
