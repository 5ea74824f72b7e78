from libs.database.migrations import run_env
from services.tpg_sync.models import Model

run_env(Model.metadata)
