"""The field table of an attendance upload: one trainee, numbers where the enrolment has texts."""

from decimal import Decimal

from infra.tpg_simulator import codes
from infra.tpg_simulator.fields import EMAIL, Field, Number, Part, Text, Whole

CONTACT = Part(
    "contactNumber",
    required=True,
    fields=(
        Text("mobile", longest=15),
        Whole("areaCode", most=99_999),
        Whole("countryCode", required=True, least=1, most=999),
    ),
)
TRAINEE = Part(
    "trainee",
    required=True,
    fields=(
        Text("id", required=True, longest=50),
        Text("name", required=True, longest=66),
        Text("email", longest=320, pattern=EMAIL),
        Part("idType", required=True, fields=(Text("code", required=True, longest=2, choices=tuple(codes.ID_TYPES)),)),
        CONTACT,
        Number("numberOfHours", least=Decimal("0.5"), most=Decimal("8.0")),
        Part(
            "surveyLanguage",
            required=True,
            fields=(Text("code", required=True, longest=2, choices=tuple(codes.SURVEY_LANGUAGES)),),
        ),
    ),
)
STATUS = Part(
    "status",
    required=True,
    fields=(Text("code", required=True, longest=1, choices=tuple(codes.ATTENDANCE_STATUSES)),),
)
UPLOAD: tuple[Field, ...] = (
    Text("uen", required=True, longest=15),
    Text("corppassId", required=True),
    Part(
        "course",
        required=True,
        fields=(
            Text("sessionID", required=True, longest=300),
            Text("referenceNumber", required=True, longest=100),
            Part("attendance", required=True, fields=(STATUS, TRAINEE)),
        ),
    ),
)
