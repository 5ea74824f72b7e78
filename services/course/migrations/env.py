from libs.database.migrations import run_env
from services.course.models.model import Model

run_env(Model.metadata)
