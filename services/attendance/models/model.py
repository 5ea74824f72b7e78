from sqlmodel import SQLModel

from libs.database.model import service_metadata

SCHEMA = "attendance"


class Model(SQLModel):
    metadata = service_metadata(SCHEMA)
