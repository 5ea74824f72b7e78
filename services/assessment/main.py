"""Assessment: how trainees did, by which rule, and what is certified; every final result is owed to TPGateway."""

from pathlib import Path

from libs.chassis.service import Service
from services.assessment.api import assessments, bulk, certificates, evidence, life, rules, submissions
from services.assessment.handlers import carry_results, handlers
from services.assessment.models.model import Model
from services.assessment.settings import AssessmentSettings

assessment = Service(
    name="assessment",
    settings=AssessmentSettings,
    metadata=Model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[
        rules.router,  # these three before the routes whose paths begin with an assessment's id
        certificates.router,
        bulk.router,
        assessments.router,
        life.router,
        submissions.router,
        evidence.router,
    ],
    handlers=handlers,
    duties=[carry_results],
)

if __name__ == "__main__":
    assessment.run()
