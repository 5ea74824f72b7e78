"""A provider's past, in the tables of the compliance calendar: what a million enrolments have left there.

Made by Postgres itself, set by set: a file for each run, enrolment and mark, and the duties that were met.
"""

import json
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from infra.bench.loading import Connection, id_of, indexes_aside, no_ceremony
from libs.contracts.course import RunStatus
from libs.contracts.enrolment import EnrolmentStatus
from services.tpg_sync.models import ObligationKey as Key
from services.tpg_sync.models import Subject
from services.tpg_sync.models.obligation_facts import (
    Ack,
    EnrolmentFacts,
    OutcomeFacts,
    RateFacts,
    RunFacts,
    SessionFacts,
)
from services.tpg_sync.policy import policies

PLACES, SESSIONS = 20, 4
FIRST_RUN, FIRST_ENROLMENT, FIRST_SESSION, FIRST_DUTY, FIRST_MARK = (number * 10**12 for number in range(1, 6))
MINUTES_APART: Final = 100
"""From the end of one past run to the next's: fifty thousand of them are ten years."""
MET: Final = {
    Subject.ENROLMENT: (
        *(Key.ENROLMENT_SUBMIT, Key.ENROLMENT_ACK, Key.FEE_STATUS_INITIAL, Key.ATTENDANCE_SUBMIT),
        *(Key.ASSESSMENT_RECORD, Key.ASSESSMENT_SUBMIT, Key.CERTIFICATE_ISSUE),
    ),
    Subject.SESSION: (Key.SESSIONS_SUBMIT, Key.ATTENDANCE_MARKED),
    Subject.RUN: (Key.RUN_PUBLISH, Key.RUN_CONFIRM, Key.TRAINER_ASSIGNED, Key.RUN_CLOSE, Key.SURVEY_NOTICE),
}


async def make_history(connection: Connection, enrolments: int, until: datetime) -> None:
    """Runs that ended before `until`, twenty places each, everything met; their records are still to be kept."""
    runs = -(-enrolments // PLACES)
    await no_ceremony(connection)
    await _files(connection, runs, enrolments, until)
    counts = {Subject.RUN: runs, Subject.SESSION: runs * SESSIONS, Subject.ENROLMENT: enrolments}
    number = FIRST_DUTY
    async with indexes_aside(connection, "tpg_sync.obligation"):
        for subject, keys in MET.items():
            for key in keys:
                await _duties(connection, subject, key, counts[subject], number, until)
                number += counts[subject]
        await _duties(connection, Subject.RUN, Key.RECORD_RETENTION, runs, number, until)


async def _files(connection: Connection, runs: int, enrolments: int, until: datetime) -> None:
    at = until - timedelta(days=400)
    run = RunFacts(
        status=RunStatus.CLOSED,
        start_on=at.date(),
        end_on=at.date(),
        seats=PLACES,
        sessions={UUID(int=one): _session(at) for one in range(SESSIONS)},
        **dict.fromkeys(("created_at", "published_at", "confirmed_at", "closed_at", "there_since"), at),
        named={UUID(int=one): at for one in range(SESSIONS)},
    )
    place = EnrolmentFacts(
        status=EnrolmentStatus.COMPLETED,
        submitted=True,
        **dict.fromkeys(("confirmed_at", "seated_from", "queued_at", "there_since"), at),
        fee_changes={2: at},
        fee_acks=[Ack(revision=2, at=at)],
        rate=RateFacts(met_since=at),
        outcome=OutcomeFacts(decided_since=at, passed_since=at),
        certificates={UUID(int=7): at},
    )
    sentences = (
        (f"obligation_run select {id_of(FIRST_RUN)}, '{{}}', $2 from generate_series(0, $1 - 1) n", runs, run),
        (
            (
                f"obligation_enrolment select {id_of(FIRST_ENROLMENT)},"
                f" {id_of(FIRST_RUN, f'n / {PLACES}')}, $2 from generate_series(0, $1 - 1) n"
            ),
            *(enrolments, place),
        ),
    )
    for sentence, count, facts in sentences:
        await connection.execute(f"insert into tpg_sync.{sentence}", count, json.dumps(facts.model_dump(mode="json")))
    marks = (
        "insert into tpg_sync.obligation_part (record_type, record_id, run_id, enrolment_id, session_id, settled_at,"
        f" owed_revision, owed_at, acked_revision, acked_at) select 'attendance', {id_of(FIRST_MARK)},"
        f" {id_of(FIRST_RUN, f'n / {PLACES * SESSIONS}')}, {id_of(FIRST_ENROLMENT, f'n / {SESSIONS}')},"
        f" {id_of(FIRST_SESSION, f'n / {PLACES * SESSIONS} * {SESSIONS} + n % {SESSIONS}')}, $2, 1, $2, 1, $2"
        " from generate_series(0, $1 - 1) n"
    )
    await connection.execute(marks, enrolments, at)


def _session(at: datetime) -> SessionFacts:
    return SessionFacts(start_at=at, end_at=at, mode="1", held=True, known_since=at)


async def _duties(connection: Connection, subject: Subject, key: Key, count: int, first: int, until: datetime) -> None:
    """One duty for each; met in an hour, but for records, which are kept for years."""
    rule = policies()[0].rule(key)
    places = {Subject.RUN: 1, Subject.SESSION: SESSIONS, Subject.ENROLMENT: PLACES}[subject]
    of = {Subject.RUN: FIRST_RUN, Subject.SESSION: FIRST_SESSION, Subject.ENROLMENT: FIRST_ENROLMENT}[subject]
    kept = key is Key.RECORD_RETENTION
    due, state = ("t + interval '5 years'", "open") if kept else ("t + interval '14 days'", "met")
    satisfied, next_at = ("null", due) if kept else ("t + interval '1 hour'", "null")
    values = {
        "version": "1",
        "id": id_of(first),
        "key": f"'{key.value}'",
        "subject_type": f"'{subject.value}'",
        "subject_id": id_of(of),
        "occasion": "0",
        "run_id": id_of(FIRST_RUN, f"n / {places}"),
        "style": f"'{rule.style.value}'",
        **dict.fromkeys(("trigger_at", "anchor_at", "created_at", "updated_at"), "t"),
        **dict.fromkeys(("due_at", "amber_at", "red_at", "queue_at"), due),
        "satisfied_at": f"({satisfied})::timestamptz",
        "next_change_at": f"({next_at})::timestamptz",
        "floor": "'green'",
        **dict.fromkeys(("handed_over", "dropped"), "false"),
        "state": f"'{state}'",
        "level": "'green'",
        "breached": "false",
        "affected": "1",
        "money_cents": str(rule.money_at_risk_cents),
        "policy": "'2026-01'",
    }
    await connection.execute(
        f"insert into tpg_sync.obligation ({', '.join(values)}) select {', '.join(values.values())}"
        " from generate_series(0, $1 - 1) n cross join lateral"
        f" (select $2::timestamptz - (n / {places}) * interval '{MINUTES_APART} minutes' as t) at",
        *(count, until),
    )
