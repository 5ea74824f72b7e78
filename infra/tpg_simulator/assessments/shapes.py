"""The field tables of assessments, as the gateway's guide lists them."""

from infra.tpg_simulator import codes
from infra.tpg_simulator.enrolments.shapes import COURSE, TRAINING_PARTNER
from infra.tpg_simulator.fields import DashedDay, Field, Part, Text, Whole, Word

HIGHEST_SCORE = 100
OUTCOME: tuple[Field, ...] = (
    Text("grade", longest=1, choices=codes.GRADES),
    Whole("score", most=HIGHEST_SCORE),
    Text("skillCode", longest=30),
)
CREATE: tuple[Field, ...] = (
    TRAINING_PARTNER,
    COURSE,
    Part(
        "trainee",
        required=True,
        fields=(
            Text("id", required=True, longest=20),
            Text("idType", required=True, choices=codes.PERSON_ID_SPELLINGS),
            Text("fullName", required=True, longest=200),
        ),
    ),
    Text("result", required=True, choices=codes.RESULTS),
    DashedDay("assessmentDate", required=True),
    *OUTCOME,
    Part("conferringInstitute", fields=(Text("code", longest=15),)),
)
EDIT: tuple[Field, ...] = (
    Word("action", required=True, choices=("update", "void")),
    Part("trainee", fields=(Text("fullName", longest=200),)),
    Text("result", choices=codes.RESULTS),
    DashedDay("assessmentDate"),
    *OUTCOME,
)
WANTED: tuple[Field, ...] = (
    Part("course", fields=(Part("run", fields=(Text("id", longest=20),)), Text("referenceNumber", longest=50))),
    Part("trainee", fields=(Text("id", longest=20),)),
    Part("enrolment", fields=(Text("referenceNumber"),)),
    Text("skillCode", longest=30),
    TRAINING_PARTNER,
)
