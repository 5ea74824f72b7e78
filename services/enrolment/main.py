"""Enrolment: who is trained, on which run, paid by whom; every confirmed place is owed to TPGateway."""

from pathlib import Path

from libs.chassis.service import Service
from services.enrolment.api import (
    adoptions,
    employers,
    enrolments,
    evidence,
    fees,
    imports,
    life,
    people,
    policies,
    rolls,
    submissions,
)
from services.enrolment.handlers import expire_offers, handlers, work_on_imports
from services.enrolment.models.model import Model
from services.enrolment.settings import EnrolmentSettings

enrolment = Service(
    name="enrolment",
    settings=EnrolmentSettings,
    metadata=Model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[
        people.router,
        employers.router,
        imports.router,  # these two before the routes whose paths begin with an enrolment's id
        policies.router,
        enrolments.router,
        life.router,
        fees.router,
        submissions.router,
        rolls.router,
        adoptions.router,
        evidence.router,
    ],
    handlers=handlers,
    duties=[expire_offers, work_on_imports],
)

if __name__ == "__main__":
    enrolment.run()
