"""The field tables of course runs, sessions and trainer links, as the gateway's guide lists them."""

from infra.tpg_simulator import codes
from infra.tpg_simulator.fields import EMAIL, DayNumber, DayText, Field, Flag, Part, Rows, Text, TimeText, Whole

SCHEDULE_INFO_GUIDE_LENGTH = 300

COURSE_ROOT: tuple[Field, ...] = (
    Text("courseReferenceNumber", required=True, longest=100),
    Part("trainingProvider", required=True, fields=(Text("uen", required=True, longest=15),)),
)
VENUE: tuple[Field, ...] = (
    Text("block", longest=10),
    Text("street", longest=32),
    Text("floor", longest=3),
    Text("unit", longest=5),
    Text("building", longest=66),
    Text("postalCode", longest=6, pattern=r"\d{6}"),
    Text("room", longest=255),
    Flag("wheelChairAccess"),
)
VENUE_NAMES = tuple(field.name for field in VENUE)
REQUIRED_VENUE_PARTS = ("floor", "unit", "postalCode", "room")


def coded(name: str, *, longest: int, description: int, choices: tuple[str, ...] | None = None) -> Part:
    """Describe an object of code and description, both required."""
    return Part(
        name,
        required=True,
        fields=(
            Text("code", required=True, longest=longest, choices=choices),
            Text("description", required=True, longest=description),
        ),
    )


RUN: tuple[Field, ...] = (
    Whole("sequenceNumber"),
    Part(
        "registrationDates",
        required=True,
        fields=(DayNumber("opening", required=True), DayNumber("closing", required=True)),
    ),
    Part("courseDates", required=True, fields=(DayNumber("start", required=True), DayNumber("end", required=True))),
    coded("scheduleInfoType", longest=2, description=32),
    Text("scheduleInfo", required=True),
    Part("venue", fields=VENUE),
    Whole("intakeSize"),
    Whole("threshold"),
    Whole("registeredUserCount"),
    Text("modeOfTraining", required=True, longest=1, choices=tuple(codes.MODES_OF_TRAINING)),
    Text("courseAdminEmail", required=True, longest=255, pattern=EMAIL),
    coded("courseVacancy", longest=1, description=128, choices=tuple(codes.COURSE_VACANCIES)),
    Part("file", fields=(Text("Name", longest=255), Text("content"))),
    Flag("toAppendCourseApplicationURL"),
    Text("courseApplicationUrl"),
    Flag("notShownToPublic"),
)
SESSION: tuple[Field, ...] = (
    DayText("startDate", required=True),
    DayText("endDate", required=True),
    TimeText("startTime", required=True),
    TimeText("endTime", required=True),
    Text("modeOfTraining", required=True, longest=1, choices=tuple(codes.MODES_OF_TRAINING)),
    Part("venue", fields=(*VENUE, Flag("primaryVenue"))),
)
SESSION_EDIT: tuple[Field, ...] = (
    Text("action", choices=("add", "update", "delete")),
    Text("sessionId", longest=300),
)

TRAINER_TYPE = coded("trainerType", longest=1, description=128, choices=tuple(codes.TRAINER_TYPES))
EXISTING_TRAINER: tuple[Field, ...] = (
    TRAINER_TYPE,
    Text("idNumber", required=True, longest=50),
    Whole("indexNumber"),
    Text("id", longest=50),
)
NEW_TRAINER: tuple[Field, ...] = (
    *EXISTING_TRAINER,
    coded("idType", longest=2, description=128, choices=tuple(codes.ID_TYPES)),
    Text("name", required=True, longest=66),
    Text("email", required=True, longest=320, pattern=EMAIL),
    Rows(
        "roles",
        required=True,
        fields=(
            Part(
                "role",
                required=True,
                fields=(Whole("id", required=True, choices=tuple(codes.ROLES)), Text("description", required=True)),
            ),
        ),
    ),
    Flag("inTrainingProviderProfile"),
    Text("domainAreaOfPractice", required=True, longest=1000),
    Text("experience", longest=1000),
    Text("linkedInURL", longest=255),
    Whole("salutationId", required=True, choices=tuple(codes.SALUTATIONS)),
    Part("photo", fields=(Text("name", longest=255), Text("content"))),
    Rows(
        "linkedSsecEQAs",
        fields=(
            Text("description", longest=1000),
            Part("ssecEQA", fields=(Text("code", longest=2, choices=tuple(codes.QUALIFICATIONS)),)),
        ),
    ),
)
