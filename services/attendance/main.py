"""Attendance: who was there, session by session; every presence is owed to TPGateway."""

from pathlib import Path

from libs.chassis.service import Service
from services.attendance.api import check_ins, evidence, imports, marks, policies, prints, rates, sheets, submissions
from services.attendance.handlers import handlers, open_and_lock_sheets, work_on_imports
from services.attendance.models.model import Model
from services.attendance.settings import AttendanceSettings

attendance = Service(
    name="attendance",
    settings=AttendanceSettings,
    metadata=Model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[
        policies.router,  # all these before the routes whose paths begin with a mark's id
        imports.router,
        check_ins.router,
        prints.router,
        sheets.router,
        rates.router,
        marks.router,
        submissions.router,
        evidence.router,
    ],
    handlers=handlers,
    duties=[open_and_lock_sheets, work_on_imports],
)

if __name__ == "__main__":
    attendance.run()
