"""The allow-list: every field of TPGateway's bodies by its place, with the shape its value must have to be shown.

What is not here is not shown, not even its name. `hidden` fields are known to be somebody's (or free text, where
anything may stand): they show that they were there and nothing else. One tree for each group of operations serves
requests and replies alike; a list takes the tree of its entries.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Union

from libs.tpgateway.operations import Group
from libs.tpgateway.redacting.shapes import (
    Shape,
    clock,
    code,
    count,
    day,
    flag,
    hidden,
    hours,
    number,
    partner,
    reference,
    skill,
    stamp,
    state,
    uen,
    unique,
)

Tree = Mapping[str, Union[Shape, "Tree"]]
BARE: Final = ""
"""The shape of a value that sometimes stands bare where an object is told elsewhere."""

_CODED: Final[Tree] = {"code": code, "description": hidden}
_STAMPS: Final[Tree] = {"createdOn": stamp, "updatedOn": stamp}
META: Final[Tree] = {
    **_STAMPS,
    "lastUpdateDateFrom": day,
    "lastUpdateDateTo": day,
    "total": count,
    "totalRecords": count,
    "page": count,
    "pageSize": count,
}
_FRAME: Final[Tree] = {
    "meta": META,
    "sortBy": {"field": state, "order": state},
    "parameters": {"page": count, "pageSize": count},
}
QUERY: Final[Tree] = {
    "uen": uen,
    "organizationKey": uen,
    "tpCode": partner,
    "courseReferenceNumber": reference,
    "sessionId": reference,
    "sessionMonth": number,
    "courseRunStartDate": day,
    "includeExpiredCourses": state,
    "keyword": hidden,
    "page": count,
    "pageSize": count,
}
PATH: Final[Mapping[str, Shape]] = {"run_id": number, "reference": reference, "uen": uen, "trainer_id": unique}
"""What the places of a path are filled with."""

# ------------------------------------------------------------------------------------- course runs, sessions, trainers
_VENUE: Final[Tree] = {
    **dict.fromkeys(("block", "street", "floor", "unit", "building", "postalCode", "room"), hidden),
    "wheelChairAccess": flag,
    "primaryVenue": flag,
}
_SESSION: Final[Tree] = {
    "action": state,
    "id": reference,
    "sessionId": reference,
    "startDate": day,
    "endDate": day,
    "startTime": clock,
    "endTime": clock,
    "modeOfTraining": code,
    "venue": _VENUE,
    "attendanceTaken": flag,
    "deleted": flag,
}
_QUALIFICATION: Final[Tree] = {"description": hidden, "ssecEQA": _CODED}
_TRAINER: Final[Tree] = {
    "trainerType": _CODED,
    "idType": _CODED,
    "roles": {"role": {"id": count, "description": hidden}},
    "uuid": unique,
    "inTrainingProviderProfile": flag,
    "linkedSsecEQAs": _QUALIFICATION,
    "ssecEQAs": _QUALIFICATION,
    "photo": {"name": hidden, "content": hidden},
    **dict.fromkeys(("id", "idNumber", "name", "email", "indexNumber", "domainAreaOfPractice", "experience"), hidden),
    **dict.fromkeys(("linkedInURL", "salutationId"), hidden),
}
_RUN: Final[Tree] = {
    "action": state,
    "id": number,
    "sequenceNumber": count,
    "referenceNumber": reference,
    "organizationKey": uen,
    "registrationDates": {"opening": day, "closing": day},
    "courseDates": {"start": day, "end": day},
    "registrationOpeningDate": day,
    "registrationClosingDate": day,
    "courseStartDate": day,
    "courseEndDate": day,
    "scheduleInfoType": _CODED,
    "venue": _VENUE,
    "intakeSize": count,
    "threshold": count,
    "registeredUserCount": count,
    "modeOfTraining": code,
    "courseVacancy": _CODED,
    "attendanceTaken": flag,
    "toAppendCourseApplicationURL": flag,
    "notShownToPublic": flag,
    "sessions": _SESSION,
    "linkCourseRunTrainer": {"trainer": _TRAINER},
    "file": {"Name": hidden, "content": hidden},
    **dict.fromkeys(("scheduleInfo", "courseAdminEmail", "courseApplicationUrl", "qrCodeLink"), hidden),
}
_COURSES: Final[Tree] = {
    "course": {
        "courseReferenceNumber": reference,
        "referenceNumber": reference,
        "externalReferenceNumber": reference,
        "title": hidden,
        "trainingProvider": {"uen": uen},
        "run": _RUN,
        "runs": _RUN,
    },
    "runs": _RUN,
    "sessions": _SESSION,
}
_TRAINERS: Final[Tree] = {**_TRAINER, "trainer": _TRAINER, "trainers": _TRAINER}

# ------------------------------------------------------------------------------------------- enrolments, assessments
_PLACE: Final[Tree] = {
    "referenceNumber": reference,
    "title": hidden,
    "run": {"id": number, "startDate": day, "endDate": day},
}
_PARTNER: Final[Tree] = {"uen": uen, "code": partner, "name": hidden}
_PHONE: Final[Tree] = dict.fromkeys(("countryCode", "areaCode", "phoneNumber", "phone", "mobile"), hidden)
_CONTACT: Final[Tree] = {
    **dict.fromkeys(("fullName", "name", "email", "emailAddress"), hidden),
    "contactNumber": _PHONE,
}
_EMPLOYER: Final[Tree] = {"uen": hidden, "name": hidden, "contact": _CONTACT}
_FEES: Final[Tree] = {
    "discountAmount": hidden,
    **dict.fromkeys(("collectionStatus", "feeCollectionStatus", "feecollectionStatus"), state),
}
_ID_TYPE: Final[Tree] = {BARE: state, "type": state, "code": code, "description": hidden}
_ENROLMENT: Final[Tree] = {
    "action": state,
    "referenceNumber": reference,
    "status": state,
    "course": _PLACE,
    "trainingPartner": _PARTNER,
    "trainee": {
        **_CONTACT,
        "id": hidden,
        "idType": _ID_TYPE,
        "dateOfBirth": hidden,
        "enrolmentDate": day,
        "sponsorshipType": state,
        "employer": _EMPLOYER,
        "fees": _FEES,
    },
    "employer": _EMPLOYER,
    "fees": _FEES,
    "meta": META,
}
_ENROLMENTS: Final[Tree] = {**_ENROLMENT, **_FRAME, "enrolment": _ENROLMENT}
_ASSESSMENT: Final[Tree] = {
    "action": state,
    "referenceNumber": reference,
    "course": _PLACE,
    "trainingPartner": _PARTNER,
    "conferringInstitute": _PARTNER,
    "trainee": {"id": hidden, "idType": _ID_TYPE, "fullName": hidden},
    "enrolment": {"referenceNumber": reference},
    "assessmentDate": day,
    "skillCode": skill,
    **dict.fromkeys(("result", "score", "grade"), hidden),
    "meta": META,
}
_ASSESSMENTS: Final[Tree] = {
    **_ASSESSMENT,
    **_FRAME,
    "assessment": _ASSESSMENT,
    "assessments": _ASSESSMENT,
}

# ------------------------------------------------------------------------------------------------------- attendance
_ATTENDEE: Final[Tree] = {
    **_CONTACT,
    "id": hidden,
    "idType": _CODED,
    "numberOfHours": hours,
    "surveyLanguage": _CODED,
    **dict.fromkeys(("individualId", "accountType", "attendeeType"), hidden),
}
_ROW: Final[Tree] = {
    "id": number,
    "numberOfHours": hours,
    "entryMode": state,
    "editedByTP": state,
    "manuallyAdded": flag,
    "trainee": _ATTENDEE,
    **dict.fromkeys(("nric", "sentToTraqom", "errorMessage", "latitude", "longitude"), hidden),
}
_SENT_ROW: Final[Tree] = {**_ROW, "status": _CODED}
_SEEN_ROW: Final[Tree] = {**_ROW, "status": state}
_ATTENDANCE: Final[Tree] = {
    "uen": uen,
    "corppassId": hidden,
    "course": {"sessionID": reference, "referenceNumber": reference, "attendance": _SENT_ROW},
    "courseRun": {
        "id": number,
        "title": hidden,
        "referenceNumber": reference,
        "externalReferenceNumber": reference,
        "modeOfTraining": code,
        "courseDates": {"start": day, "end": day},
        "sessions": {**_SESSION, "attendance": _SEEN_ROW},
    },
}

FIELDS: Final[Mapping[Group, Tree]] = {
    Group.COURSE_RUNS: _COURSES,
    Group.SESSIONS: _COURSES,
    Group.TRAINERS: _TRAINERS,
    Group.ENROLMENTS: _ENROLMENTS,
    Group.ASSESSMENTS: _ASSESSMENTS,
    Group.ATTENDANCE: _ATTENDANCE,
}


def _names(tree: Tree) -> Iterator[str]:
    for name, inner in tree.items():
        if name != BARE:
            yield name
        if isinstance(inner, Mapping):
            yield from _names(inner)


NAMES: Final = frozenset(name for tree in (*FIELDS.values(), META, QUERY) for name in _names(tree))
"""Every name the contract knows: what an error may say it is about."""
