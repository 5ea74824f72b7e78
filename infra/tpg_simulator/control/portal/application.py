"""Somebody works in the provider portal: changes that no API call made and no rule checks."""

from fastapi import APIRouter

from infra.tpg_simulator.control.portal import assessments, attendance, enrolments, runs

router = APIRouter(prefix="/portal", tags=["portal"])
for part in (runs.router, enrolments.router, attendance.router, assessments.router):
    router.include_router(part)
