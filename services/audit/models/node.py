from sqlalchemy import BigInteger, Column, LargeBinary, SmallInteger
from sqlmodel import Field

from services.audit.models.model import Model


class Node(Model, table=True):
    """The hash of one complete subtree, kept so that no proof needs to read the log.

    Named by the last entry it covers and its level, so that rows are added at the end and read in the order in which
    they were made.
    """

    __tablename__ = "node"

    last_seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    level: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
