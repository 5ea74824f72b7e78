from libs.database.migrations import run_env
from libs.testing.sample.service import metadata

run_env(metadata)
