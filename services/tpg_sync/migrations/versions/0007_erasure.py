"""People can be erased: what is kept of their submissions is sealed with keys of their own.

What was sealed before opens as it did; the worker seals it anew.
"""

from alembic import op

from libs.privacy.schema import data_key_v1

revision = "0007"
down_revision = "0006"

STATEMENTS = [
    *data_key_v1("tpg_sync"),
    """create index sync_job_sealed_before_idx on tpg_sync.sync_job (id)
    where record_type <> 'run' and get_byte(payload_enc, 0) = 1""",
    """create index sync_record_sealed_before_idx on tpg_sync.sync_record (record_type, record_id)
    where record_type <> 'run' and get_byte(acked_enc, 0) = 1""",
    "create index remote_presence_enrolment_idx on tpg_sync.remote_presence (enrolment_id)",
]


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
