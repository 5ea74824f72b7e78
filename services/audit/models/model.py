from sqlmodel import SQLModel

from libs.database.model import service_metadata


class Model(SQLModel):
    metadata = service_metadata("audit")
