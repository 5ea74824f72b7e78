"""Certificates: issued, printed, revoked; and what anybody may ask who holds a code."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from libs.access.permissions import Permission
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from libs.web.etag import IfMatch, etag
from libs.web.guard import public
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.assessment.api.doors import Issuer, Reader, RuntimeOfService, asker_of, own_only
from services.assessment.api.holders import holder_name
from services.assessment.api.printing import Sheet, printed
from services.assessment.commands import certificates
from services.assessment.models.certificate import Certificate, CertificateStatus
from services.assessment.models.codes import read_code, shown_code
from services.assessment.queries.certificates import (
    CertificateFilter,
    find_by_code,
    get_certificate,
    list_certificates,
    sync_states_of,
)
from services.assessment.schemas.assessment import ReasonWish
from services.assessment.schemas.certificate import CertificateView, CertificateWish, Standing, VerificationView

router = Router(prefix="/api/v1/assessments/certificates", tags=["certificates"])
VIEW, ISSUE = Permission.ASSESSMENTS_VIEW, Permission.CERTIFICATES_ISSUE
UNHEARD_OF = "0" * 16
"""Looked for in place of what cannot be a code, so that every answer takes the same way."""
PDF = "application/pdf"


def _filter(
    caller: Reader,
    run_id: UUID | None = None,
    enrolment_id: UUID | None = None,
    status: CertificateStatus | None = None,
) -> CertificateFilter:
    only_user = own_only(caller, VIEW)
    return CertificateFilter(run_id=run_id, enrolment_id=enrolment_id, status=status, only_user=only_user)


@router.get("")
async def list_issued(
    uow: Uow, paging: PageQuery, wanted: Annotated[CertificateFilter, Depends(_filter)]
) -> Page[CertificateView]:
    """Certificates of the runs the caller may see, newest first."""
    found = await list_certificates(uow, wanted, after=paging.after_uuid(), limit=paging.limit + 1)
    return page(await _views(uow, found), paging.limit, key=lambda view: view.id)


@router.post("", status_code=201)
async def issue(uow: Uow, caller: Issuer, wish: CertificateWish, response: Response) -> CertificateView:
    """Certify who has passed everything, where it was not done by itself."""
    certificate = await certificates.issue(uow, wish.enrolment_id, asker_of(caller, ISSUE))
    response.headers["Location"] = f"/api/v1/assessments/certificates/{certificate.id}"
    return await _shown(uow, certificate, response)


@router.get("/verify/{code}", dependencies=[public("who is shown a certificate may ask whether it holds")])
async def verify(uow: Uow, code: str, response: Response) -> VerificationView:
    """Whether a certificate holds, and for which course: nothing about a person. Codes nobody gave out are unknown."""
    response.headers["Cache-Control"] = "no-store"
    certificate = await find_by_code(uow, read_code(code) or UNHEARD_OF)
    if certificate is None:
        return VerificationView(standing=Standing.UNKNOWN)
    return VerificationView(
        standing=Standing(certificate.status),
        course_reference=certificate.course_reference,
        course_title=certificate.course_title,
        start_on=certificate.start_on,
        end_on=certificate.end_on,
        issued_on=certificate.issued_on,
        revoked_on=singapore_day(certificate.revoked_at) if certificate.revoked_at else None,
    )


@router.get("/{certificate_id}")
async def get_issued(uow: Uow, caller: Reader, certificate_id: UUID, response: Response) -> CertificateView:
    """A certificate, and how far TPGateway holds the results behind it."""
    certificate = await get_certificate(uow, certificate_id, only_user=own_only(caller, VIEW))
    return await _shown(uow, certificate, response)


@router.post("/{certificate_id}/revoke")
async def revoke(
    uow: Uow, caller: Issuer, certificate_id: UUID, wish: ReasonWish, version: IfMatch, response: Response
) -> CertificateView:
    """Declare a certificate void; who asks about its code is told so from now on."""
    asker = asker_of(caller, ISSUE)
    certificate = await certificates.revoke(uow, certificate_id, wish.reason, asker, version=version)
    return await _shown(uow, certificate, response)


@router.get("/{certificate_id}/pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
async def print_certificate(uow: Uow, caller: Issuer, runtime: RuntimeOfService, certificate_id: UUID) -> Response:
    """The certificate to hand out, with its holder's name asked for at this moment; a revoked one says VOID."""
    certificate = await get_certificate(uow, certificate_id, only_user=own_only(caller, ISSUE))
    sheet = Sheet(
        certificate_id=certificate.id,
        holder=await holder_name(runtime, certificate.run_id, certificate.enrolment_id),
        course_title=certificate.course_title or certificate.course_reference,
        course_reference=certificate.course_reference,
        start_on=certificate.start_on,
        end_on=certificate.end_on,
        issued_on=certificate.issued_on,
        code=shown_code(certificate.code),
        provider=runtime.settings.provider_name,
        verify_at=runtime.settings.verify_address,
        void=certificate.status is CertificateStatus.REVOKED,
        printed_at=uow.now(),
    )
    headers = {
        "Content-Disposition": f'attachment; filename="certificate-{certificate.id}.pdf"',
        "Cache-Control": "no-store",
    }
    return Response(await asyncio.to_thread(printed, sheet), media_type=PDF, headers=headers)


async def _shown(uow: UnitOfWork, certificate: Certificate, response: Response) -> CertificateView:
    etag(response, certificate.version)
    return (await _views(uow, [certificate]))[0]


async def _views(uow: UnitOfWork, found: Sequence[Certificate]) -> list[CertificateView]:
    states = await sync_states_of(uow, {each.enrolment_id for each in found})
    plain = CertificateView.model_fields.keys() - {"code", "sync_states", "synced"}
    return [
        CertificateView(
            code=shown_code(each.code),
            sync_states=(behind := states.get(each.enrolment_id, [])),
            synced=bool(behind) and set(behind) == {"synced"},
            **{name: getattr(each, name) for name in plain},
        )
        for each in found
    ]
