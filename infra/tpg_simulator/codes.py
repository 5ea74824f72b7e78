"""The gateway's enumerations, and the reads that tell them."""

from infra.tpg_simulator.envelope import Answer, Family
from infra.tpg_simulator.operation import Call, Handler, Operation
from infra.tpg_simulator.refusals import Refusal

MODES_OF_TRAINING = {
    "1": "Classroom",
    "2": "Asynchronous eLearning",
    "3": "In-house",
    "4": "On-the-Job",
    "5": "Practical / Practicum",
    "6": "Supervised Field",
    "7": "Traineeship",
    "8": "Assessment",
    "9": "Synchronous Learning",
}
# Self-paced and on-the-job training have no room and no hours of the day.
MODES_WITHOUT_VENUE = frozenset({"2", "4"})
COURSE_VACANCIES = {"A": "Available", "L": "Limited Vacancy", "F": "Full"}
EXISTING_TRAINER, NEW_TRAINER = "1", "2"
TRAINER_TYPES = {EXISTING_TRAINER: "Existing", NEW_TRAINER: "New"}
ROLES = {1: "Trainer", 2: "Assessor"}
SALUTATIONS = {1: "Mr", 2: "Ms", 3: "Mdm", 4: "Mrs", 5: "Dr", 6: "Prof"}
ID_TYPES = {
    "SP": "Singapore Pink Identification Card",
    "SB": "Singapore Blue Identification Card",
    "SO": "Fin/Work Permit",
    "FP": "Foreign Passport",
    "OT": "Others",
}
QUALIFICATION_HEADINGS = {
    "0": ("None or below PSLE", ("01", "02", "03", "04")),
    "1": ("Primary", ("11", "12", "13")),
    "2": ("Lower secondary", ("21", "22", "23", "24")),
    "3": ("Secondary", ("31", "32", "33", "34", "35", "39")),
    "4": ("Post-secondary", ("41", "42", "43", "44", "45", "46", "47", "48", "49")),
    "5": ("Polytechnic diploma", ("51", "52")),
    "6": ("Professional and other diploma", ("61", "62", "63", "64", "65", "69")),
    "7": ("Bachelor", ("71", "72")),
    "8": ("Postgraduate diploma or certificate", ("81", "82", "83")),
    "9": ("Master or doctorate", ("91", "92")),
    "N": ("Modular", ("N1", "N2", "N3", "N4", "N9")),
    "X": ("Not reported", ("XX",)),
}
QUALIFICATIONS = {
    code: heading for first, (heading, levels) in QUALIFICATION_HEADINGS.items() for code in (first, *levels)
}
ERRORS = {
    "TGS-200": "ok",
    "TGS-300": "pending",
    "TGS-405": "Invalid training partner UEN",
    "TGS-406": "Invalid course reference number",
    "TGS-439": "enrolment cannot be updated",
    "TGS-441": "Required fields cannot be blank",
}
TABLES = {
    "enrolments": {
        "status": ("Confirmed", "Cancelled"),
        "sponsorshipType": ("EMPLOYER", "INDIVIDUAL"),
        "idType": ("NRIC", "FIN", "OTHERS"),
        "feeCollectionStatus": ("Pending Payment", "Partial Payment", "Full Payment", "Cancelled"),
    },
    "assessments": {
        "result": ("Pass", "Fail", "Exempt", "Void"),
        "grade": ("A", "B", "C", "D", "E", "F"),
        "idType": ("NRIC", "FIN", "OTHERS"),
    },
    "grants": {
        "status": ("Grant Processing", "Pending Review", "Approved", "Pending Payment", "Paid", "Cancelled"),
        "component": ("CF", "AF", "AP", "TA"),
    },
}


def read_error_code(call: Call) -> Answer:
    code = call.path["code"].upper()
    if code not in ERRORS:
        raise Refusal(404)
    return Answer({"code": code, "description": ERRORS[code]})


def read_table(table: str) -> Handler:
    """Make the read of one family's tables. The reply's shape is ours: nobody outside has published it."""

    def read(call: Call) -> Answer:
        wanted = call.path["name"].lower()
        for name, values in TABLES[table].items():
            if name.lower() == wanted:
                return Answer([{"code": value, "description": value} for value in values])
        raise Refusal(404)

    return read


OPERATIONS = (
    Operation("K1", "GET", "/tpg/codes/error/{code}", Family.TPG, "tpg", read_error_code, open_read=True),
    *(
        Operation(
            f"K{number}", "GET", f"/tpg/codes/{table}/{{name}}", Family.TPG, "tpg", read_table(table), open_read=True
        )
        for number, table in enumerate(TABLES, start=2)
    ),
)
