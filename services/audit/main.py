"""Audit: every fact of the system, append-only, sealed to the one before it, under signed checkpoints."""

from pathlib import Path

from libs.chassis.service import Service
from services.audit.api import attesting, checkpoints, entries, exporting, reads, verification
from services.audit.handlers import handlers, seal_entries, verify_by_the_clock
from services.audit.models import Model
from services.audit.settings import AuditSettings

audit = Service(
    name="audit",
    settings=AuditSettings,
    metadata=Model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[
        entries.router,
        checkpoints.router,
        verification.router,
        exporting.router,
        reads.router,
        attesting.router,
    ],
    handlers=handlers,
    duties=[seal_entries, verify_by_the_clock],
)

if __name__ == "__main__":
    audit.run()
