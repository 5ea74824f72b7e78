"""People can be erased: files have keys of their own and are forgotten, and check-ins may lose their device."""

from alembic import op

from libs.privacy.schema import data_key_v1

revision = "0002"
down_revision = "0001"
narrows = {"ban-drop-not-null": ("widens", "only what is forgotten is empty, and nothing reads cells that were taken")}

STATEMENTS = [
    *data_key_v1("attendance"),
    # Rows of files: cells go when the row is taken, and from the rest when the file is forgotten.
    "alter table attendance.import_row alter column cells_sealed drop not null",
    "alter table attendance.import_batch add column forgotten_at timestamptz",
    "alter table attendance.import_batch alter column sha256 drop not null",
    "create index import_batch_kept_idx on attendance.import_batch (updated_at) where forgotten_at is null",
    "create index import_row_enrolment_idx on attendance.import_row (enrolment_id) where cells_sealed is not null",
    """update attendance.import_row set cells_sealed = null
    where settled_at is not null and attendance_id is not null""",
    "alter table attendance.check_in alter column device drop not null",
    "create index check_in_enrolment_idx on attendance.check_in (enrolment_id)",
]


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
