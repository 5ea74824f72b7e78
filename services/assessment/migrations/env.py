from libs.database.migrations import run_env
from services.assessment.models.model import Model

run_env(Model.metadata)
