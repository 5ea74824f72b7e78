"""The field tables of enrolments, as the gateway's guide lists them."""

from infra.tpg_simulator import codes
from infra.tpg_simulator.fields import EMAIL, DashedDay, Field, Number, Part, Text, Word

UEN = r"\d{8}[A-Z]|\d{9}[A-Z]|[TSR]\d\d[A-Z]{2}\d{4}[A-Z]"
# Whatever reads as a whole number; how long it may be, the table says.
COUNTRY_CODE = r"\+?\d+"
RUN_ID = Text("id", required=True, longest=20, pattern=r"\d{1,20}")
COURSE = Part(
    "course",
    required=True,
    fields=(Part("run", required=True, fields=(RUN_ID,)), Text("referenceNumber", required=True, longest=100)),
)
TRAINING_PARTNER = Part(
    "trainingPartner",
    required=True,
    fields=(Text("uen", required=True, longest=15), Text("code", required=True, longest=20)),
)


def phone(*, required: bool, known_as: tuple[str, ...] = ("phoneNumber",)) -> Part:
    """Describe a contact number; one official sample calls the number itself `phone`."""
    return Part(
        "contactNumber",
        required=required,
        fields=(
            Text("countryCode", required=required, longest=5, pattern=COUNTRY_CODE),
            Text("areaCode", longest=10),
            *(Text(name, required=required, longest=20) for name in known_as),
        ),
    )


def employer(*, required: bool) -> Part:
    """Describe the employer: all of it is needed where the employer pays, and none where the trainee does."""
    return Part(
        "employer",
        required=required,
        fields=(
            Text("uen", required=required, longest=50, pattern=UEN),
            Part(
                "contact",
                required=required,
                fields=(
                    Text("fullName", required=required, longest=50),
                    Text("emailAddress", required=required, longest=100, pattern=EMAIL),
                    phone(required=required),
                ),
            ),
        ),
    )


def create(*, by_employer: bool) -> tuple[Field, ...]:
    """The table of a create; the sponsorship decides whether the employer is needed."""
    return (
        COURSE,
        Part(
            "trainee",
            required=True,
            fields=(
                Text("id", required=True, longest=20),
                Part("idType", required=True, fields=(Text("type", required=True, choices=codes.PERSON_ID_SPELLINGS),)),
                Text("fullName", required=True, longest=200),
                DashedDay("dateOfBirth", required=True),
                Text("emailAddress", required=True, longest=100, pattern=EMAIL),
                phone(required=True),
                DashedDay("enrolmentDate"),
                Text("sponsorshipType", required=True, choices=codes.SPONSORSHIPS),
                employer(required=by_employer),
                Part(
                    "fees",
                    required=True,
                    fields=(
                        Number("discountAmount"),
                        Word("collectionStatus", required=True, choices=codes.FEE_STATUSES_AT_CREATION),
                    ),
                ),
            ),
        ),
        TRAINING_PARTNER,
    )


PHONE_EDIT = phone(required=False, known_as=("phoneNumber", "phone"))
EDIT: tuple[Field, ...] = (
    Word("action", required=True, choices=("Update", "Cancel")),
    Part("course", fields=(Part("run", fields=(Text("id", longest=20, pattern=r"\d{1,20}"),)),)),
    Part("trainee", fields=(Text("email", longest=100, pattern=EMAIL), PHONE_EDIT)),
    Part(
        "employer",
        fields=(
            Part(
                "contact",
                fields=(Text("fullName", longest=50), Text("email", longest=100, pattern=EMAIL), PHONE_EDIT),
            ),
        ),
    ),
    Part(
        "fees",
        fields=(
            Number("discountAmount"),
            Word("collectionStatus", choices=codes.FEE_STATUSES),
            Word("feecollectionStatus", choices=codes.FEE_STATUSES),
        ),
    ),
)
FEE_COLLECTION: tuple[Field, ...] = (
    Part("fees", required=True, fields=(Word("collectionStatus", required=True, choices=codes.FEE_STATUSES),)),
)
WANTED: tuple[Field, ...] = (
    Part("course", fields=(Part("run", fields=(Text("id", longest=20),)), Text("referenceNumber", longest=100))),
    Text("status", choices=codes.ENROLMENT_STATUSES),
    Part(
        "trainee",
        fields=(
            Text("id", longest=20),
            Part("idType", fields=(Text("type", choices=codes.PERSON_ID_SPELLINGS),)),
            Part("fees", fields=(Word("feeCollectionStatus", choices=codes.FEE_STATUSES),)),
            Part("employer", fields=(Text("uen", longest=50),)),
            DashedDay("enrolmentDate"),
            Text("sponsorshipType", choices=codes.SPONSORSHIPS),
        ),
    ),
    TRAINING_PARTNER,
)
