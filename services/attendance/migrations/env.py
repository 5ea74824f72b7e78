from libs.database.migrations import run_env
from services.attendance.models.model import Model

run_env(Model.metadata)
