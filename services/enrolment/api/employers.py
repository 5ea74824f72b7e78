"""Employers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.web.etag import IfMatch, etag
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import Reader, VaultOfService, Writer, masked, own_only
from services.enrolment.api.views import employer_view
from services.enrolment.commands import employers
from services.enrolment.models.employer import Employer
from services.enrolment.queries.employers import list_employers
from services.enrolment.schemas.person import EmployerPatch, EmployerView, EmployerWish

router = Router(prefix="/api/v1/employers", tags=["employers"])


@router.get("")
async def list_companies(
    uow: Uow,
    caller: Reader,
    vault: VaultOfService,
    paging: PageQuery,
    q: Annotated[str | None, Query(max_length=100, description="Words in the name, or the whole UEN.")] = None,
) -> Page[EmployerView]:
    """Employers by name."""
    found = await list_employers(uow, text=q, after=paging.after(str, UUID), limit=paging.limit + 1)
    views = [employer_view(each, vault, hide=_hidden(caller)) for each in found]
    return page(views, paging.limit, key=lambda view: (view.name, view.id))


@router.post("", status_code=201)
async def create_company(
    uow: Uow, caller: Writer, vault: VaultOfService, wish: EmployerWish, response: Response
) -> EmployerView:
    """Enter an employer; a UEN that is known already is refused."""
    employer = await employers.create_employer(uow, wish, vault)
    response.headers["Location"] = f"/api/v1/employers/{employer.id}"
    etag(response, employer.version)
    return employer_view(employer, vault, hide=_hidden(caller))


@router.get("/{employer_id}")
async def get_company(
    uow: Uow, caller: Reader, vault: VaultOfService, employer_id: UUID, response: Response
) -> EmployerView:
    employer = await uow.get(Employer, employer_id)
    etag(response, employer.version)
    return employer_view(employer, vault, hide=_hidden(caller))


@router.patch("/{employer_id}")
async def change_company(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    employer_id: UUID,
    patch: EmployerPatch,
    version: IfMatch,
    response: Response,
) -> EmployerView:
    """Change the fields sent; confirmed enrolments are submitted anew where TPGateway hears of it."""
    employer = await employers.change_employer(uow, employer_id, patch, version=version, vault=vault)
    etag(response, employer.version)
    return employer_view(employer, vault, hide=_hidden(caller))


def _hidden(caller: Principal) -> bool:
    """Whom to ask at an employer is no business of those who only teach."""
    permission = Permission.ENROLMENTS_VIEW
    return masked(caller, permission) or own_only(caller, permission) is not None
