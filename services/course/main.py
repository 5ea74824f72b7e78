"""Course: what is taught, when, where and by whom; every published run is owed to TPGateway."""

from pathlib import Path

from libs.chassis.service import Service
from services.course.api import catalogue, evidence, people, plans, policies, runs, submissions
from services.course.handlers import follow_the_clock, handlers
from services.course.models.model import Model
from services.course.settings import CourseSettings

course = Service(
    name="course",
    settings=CourseSettings,
    metadata=Model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[
        catalogue.router,
        people.router,
        policies.router,
        plans.router,
        runs.router,
        submissions.router,
        evidence.router,
    ],
    handlers=handlers,
    duties=[follow_the_clock],
)

if __name__ == "__main__":
    course.run()
