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
PERSON_ID_TYPES = ("NRIC", "FIN", "OTHERS")
# Some official samples write the last one so.
PERSON_ID_SPELLINGS = (*PERSON_ID_TYPES, "Others")
SPONSORSHIPS = ("EMPLOYER", "INDIVIDUAL")
ENROLMENT_STATUSES = ("Confirmed", "Cancelled", "Rejected")
FEE_STATUSES_AT_CREATION = ("Pending Payment", "Partial Payment", "Full Payment")
FEE_STATUSES = (*FEE_STATUSES_AT_CREATION, "Cancelled")
ATTENDANCE_STATUSES = {"1": "Confirmed", "2": "Unconfirmed", "3": "Rejected", "4": "TP Voided"}
SURVEY_LANGUAGES = {"EL": "English", "MN": "Mandarin", "MY": "Malay", "TM": "Tamil"}
RESULTS = ("Pass", "Fail", "Exempt")
VOID = "Void"
GRADES = ("A", "B", "C", "D", "E", "F")
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
        "status": ENROLMENT_STATUSES,
        "sponsorshipType": SPONSORSHIPS,
        "idType": PERSON_ID_TYPES,
        "feeCollectionStatus": FEE_STATUSES,
        "action": ("Update", "Cancel"),
    },
    "assessments": {
        "result": (*RESULTS, VOID),
        "grade": GRADES,
        "idType": PERSON_ID_TYPES,
        "action": ("update", "void"),
    },
    "grants": {
        "status": ("Grant Processing", "Pending Review", "Approved", "Pending Payment", "Paid", "Cancelled"),
        "subStatus": (
            "Processing",
            "Pending Review",
            "Grants Disbursed",
            "Enrolment Fees Not Paid",
            "Funding Criteria Not Met",
            "Enrolment Cancelled",
            "Lapsed",
        ),
        "component": ("CF", "AF", "AP", "TA"),
        "scheme": ("ETSS", "WSS", "BASELINE", "WTS", "MCES", "ETSP"),
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
