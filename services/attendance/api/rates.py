"""Rates, enrolment by enrolment."""

from uuid import UUID

from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.api.doors import Reader, sees
from services.attendance.queries import rates
from services.attendance.schemas.rate import RateView

router = Router(prefix="/api/v1/attendance", tags=["attendance"])


@router.get("/rates")
async def list_rates(
    uow: Uow, caller: Reader, paging: PageQuery, run_id: UUID | None = None, enrolment_id: UUID | None = None
) -> Page[RateView]:
    """How much of its run each enrolment attended, once something of it was held."""
    found = await rates.list_rates(
        uow,
        run_id=run_id,
        enrolment_id=enrolment_id,
        scope=sees(caller),
        after=paging.after_uuid(),
        limit=paging.limit + 1,
    )
    return page([RateView.model_validate(each) for each in found], paging.limit, key=lambda view: view.enrolment_id)
