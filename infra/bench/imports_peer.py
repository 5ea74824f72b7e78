"""The peer of the imports benchmark: the same rows read by `csv` and inserted one by one by a bare SQLModel app.

No verdicts, no encryption, no seats, no events: two plain rows and a commit for each line of the file.
"""

import csv
import io
import time
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlmodel import Field, SQLModel

SCHEMA = "bench_peer"


class PeerModel(SQLModel):
    metadata = MetaData(schema=SCHEMA)


class Person(PeerModel, table=True):
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(index=True)
    name: str
    born_on: str
    email: str
    phone: str


class Place(PeerModel, table=True):
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(index=True)
    sponsorship: str
    full_fee: Decimal
    nett_fee: Decimal
    enrolled_on: date


async def rows_per_second(engine: AsyncEngine, content: bytes, today: date) -> float:
    """Insert every row of the file and say how many a second."""
    async with engine.begin() as connection:
        await connection.execute(text(f"create schema {SCHEMA}"))
        await connection.run_sync(PeerModel.metadata.create_all)
    began, rows = time.perf_counter(), 0
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"):
        async with AsyncSession(engine) as session:
            person = Person(
                number=row["NRIC"], name=row["Name"], born_on=row["DOB"], email=row["E-mail"], phone=row["Mobile"]
            )
            session.add(person)
            await session.flush()
            place = Place(
                person_id=person.id,
                sponsorship=row["Sponsorship"] or "INDIVIDUAL",
                full_fee=Decimal(row["Full fee"]),
                nett_fee=Decimal(row["Nett fee"]),
                enrolled_on=today,
            )
            session.add(place)
            await session.commit()
        rows += 1
    return rows / (time.perf_counter() - began)
