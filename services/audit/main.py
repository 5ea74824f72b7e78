"""Audit: every fact of the system, append-only, each entry sealed to the one before it."""

from pathlib import Path

from libs.chassis.service import Service
from services.audit import api
from services.audit.handlers import handlers
from services.audit.models import Model
from services.audit.settings import AuditSettings

audit = Service(
    name="audit",
    settings=AuditSettings,
    metadata=Model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[api.router],
    handlers=handlers,
)

if __name__ == "__main__":
    audit.run()
