"""Certificates: issued to who has passed everything, revoked when that is no longer so."""

from uuid import UUID

from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from libs.telemetry.context import current
from services.assessment.commands.holding import Asker, hold_enrolment
from services.assessment.errors import CertificateStands, NotPassed
from services.assessment.models.certificate import Certificate
from services.assessment.models.codes import new_code
from services.assessment.models.outcome import Outcome
from services.assessment.models.run import Course, Run
from services.assessment.queries.assessments import lock_enrolments
from services.assessment.queries.certificates import get_certificate, valid_certificate_of


async def issue(uow: UnitOfWork, enrolment_id: UUID, asker: Asker) -> Certificate:
    """By a person, to who has passed everything and has none that is valid."""
    enrolment, run = await hold_enrolment(uow, enrolment_id, asker)
    outcome = await uow.find(Outcome, enrolment.id)
    if outcome is None or not outcome.passed:
        raise NotPassed(enrolment_id)
    if await valid_certificate_of(uow, enrolment_id) is not None:
        raise CertificateStands(enrolment_id)
    return await issue_for(uow, outcome, run)


async def issue_for(uow: UnitOfWork, outcome: Outcome, run: Run) -> Certificate:
    """Hand out a certificate; the enrolment is held and has none that is valid."""
    course = await uow.find(Course, run.course_id)
    certificate = Certificate(
        **lineage(uow),
        enrolment_id=outcome.enrolment_id,
        run_id=run.id,
        code=new_code(),
        course_reference=run.course_reference,
        course_title=course.title if course is not None else "",
        start_on=run.start_on,
        end_on=run.end_on,
        issued_on=singapore_day(uow.now()),
    )
    uow.add(certificate)
    await uow.session.flush()
    uow.emit(certificate.issued())
    return certificate


async def revoke(uow: UnitOfWork, certificate_id: UUID, reason: str, asker: Asker, *, version: int) -> Certificate:
    """By a person; who asks about its code is told at once."""
    seen = await get_certificate(uow, certificate_id, only_user=asker.own)
    await lock_enrolments(uow, [seen.enrolment_id])
    certificate = await uow.get(Certificate, certificate_id, for_update=True)
    certificate.expect(version)
    _revoke(uow, certificate, reason)
    return certificate


async def revoke_standing(uow: UnitOfWork, enrolment_id: UUID, reason: str) -> None:
    """Revoke the one that is valid, if there is one; the enrolment is held."""
    certificate = await valid_certificate_of(uow, enrolment_id)
    if certificate is not None:
        _revoke(uow, certificate, reason)


def _revoke(uow: UnitOfWork, certificate: Certificate, reason: str) -> None:
    event = certificate.revoke(at=uow.now(), by=current().actor_id, reason=reason)
    certificate.touch(uow)
    uow.emit(event)
