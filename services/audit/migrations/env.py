from libs.database.migrations import run_env
from services.audit.models import Model

run_env(Model.metadata)
