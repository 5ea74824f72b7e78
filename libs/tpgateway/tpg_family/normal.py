"""Course, run and provider in the form in which ours and TPGateway's can be compared."""

from collections.abc import Mapping
from typing import Final

from libs.tpgateway.tpg_family.parts import CourseReference, Partner
from libs.tpgateway.tpg_family.replies import SeenCourse, SeenPartner

PLACES: Final = ("trainingPartner.uen", "trainingPartner.code", "course.referenceNumber", "course.run.id")
"""The fields these functions tell."""


def normal_partner(partner: Partner | SeenPartner | None) -> Mapping[str, object]:
    return {
        "trainingPartner.uen": partner.uen if partner else None,
        "trainingPartner.code": partner.code if partner else None,
    }


def normal_course(course: CourseReference | SeenCourse | None) -> Mapping[str, object]:
    return {
        "course.referenceNumber": course.reference_number if course else None,
        "course.run.id": course.run.id if course and course.run else None,
    }
