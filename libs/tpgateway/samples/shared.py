"""What samples of several kinds have in common. Nobody in them exists."""

from datetime import UTC, datetime
from typing import Any, Final

NOW: Final = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
"""The moment the samples are made for: noon in Singapore on the day registration opens."""
UEN: Final = "197401143C"
COURSE: Final = "TGS-2026000123"
KEY: Final = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NRIC: Final = "S1234567D"
RUN: Final = "849900"
SESSION: Final = f"{COURSE}-{RUN}-S1"
TP_CODE: Final = f"{UEN}-01"
ENROLMENT: Final = "ENR-2603-000123"
ASSESSMENT: Final = "ASM-2603-000086"
LOCAL_STAMPS: Final = {"createdOn": "2026-03-02 12:01:54", "updatedOn": "2026-03-02 12:02:13"}
"""How views and searches tell stamps: Singapore's time without a zone."""
UTC_STAMPS: Final = {"createdOn": "2026-03-02T04:01:54Z", "updatedOn": "2026-03-02T04:02:13Z"}
"""How changes tell the same ones."""


def phone(**changed: Any) -> dict[str, Any]:
    return {"countryCode": "+65", "areaCode": "", "phoneNumber": "91234567", **changed}


def partner(**changed: Any) -> dict[str, Any]:
    return {"uen": UEN, "code": TP_CODE, **changed}


def place(**changed: Any) -> dict[str, Any]:
    return {"run": {"id": RUN}, "referenceNumber": COURSE, **changed}


def shown_place() -> dict[str, Any]:
    return place(title="Basic Wok Safety", run={"id": RUN, "startDate": "2026-03-23", "endDate": "2026-03-24"})


def frame() -> dict[str, Any]:
    return {
        "meta": {"lastUpdateDateFrom": "2026-03-01", "lastUpdateDateTo": "2026-03-31"},
        "sortBy": {"field": "updatedOn", "order": "desc"},
        "parameters": {"page": 0, "pageSize": 20},
    }


def envelope(data: Any, *, status: int | str = 200, **meta: Any) -> dict[str, Any]:
    return {"data": data, "error": {}, "meta": meta, "status": status}
