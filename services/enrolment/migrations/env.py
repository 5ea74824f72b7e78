from libs.database.migrations import run_env
from services.enrolment.models.model import Model

run_env(Model.metadata)
