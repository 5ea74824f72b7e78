"""Whatever people ask for, in whatever order, on a real database: what must always hold does."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from libs.contracts.assessment import AssessmentStatus
from libs.contracts.enrolment import EnrolmentStatus
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import Conflict, Refused
from libs.outbox.append import outbox_append
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Vault
from libs.sources import TimeOrderedIds, singapore_day
from libs.telemetry.context import Context, entered
from libs.testing.clock import TestClock
from services.assessment.commands import amending, entering, finalising, voiding
from services.assessment.commands.bulk import take_all
from services.assessment.commands.following import follow_course, follow_enrolment, follow_rate, follow_run
from services.assessment.commands.holding import Asker
from services.assessment.errors import ActionNotAllowed
from services.assessment.models.assessment import Assessment
from services.assessment.models.lifecycle import taken_in
from services.assessment.models.outcome import judge_outcome
from services.assessment.models.rule import Rule
from services.assessment.models.words import Result, Words, open_words
from services.assessment.queries.assessments import effective_of, get_assessment, standing_of
from services.assessment.queries.rules import rule_numbered
from services.assessment.schemas.assessment import AmendWish, AssessmentPatch, AssessmentWish, ReassessWish
from services.assessment.schemas.bulk import BulkWish
from services.assessment.tests.builders import IDS, NOW, course_event, enrolment_event, rate, run_event
from services.assessment.tests.conftest import World

WHY = "because the test says so"
SKILLS = ("S-1", "S-2")
ALL = "select id, enrolment_id, skill_code, attempt, status, effective, passed, revision, overridden, finalised_by, "
ALL += "words_sealed, rule_number, submitted_at from assessment.assessment where run_id = :run_id"
REVISIONS = "select assessment_id, count(*), max(number) from assessment.revision group by assessment_id"
GRANTS = "select assessment_id, granted_by from assessment.rule_override where rule = 'min_attendance'"
SELF_DECIDED = "select 1 from assessment.proposal where decided_by = proposed_by and status <> 'withdrawn'"
OUTCOMES = "select enrolment_id, decided, passed from assessment.outcome where run_id = :run_id"
VALID = "select enrolment_id from assessment.certificate where run_id = :run_id and status = 'valid'"
TOLD = "select body::json -> 'data' from assessment.event where aggid = :key and aggtype = 'assessment_outcome' "
TOLD += "order by pos desc limit 1"

Ask = Callable[[UnitOfWork], Awaitable[Any]]
some = st.integers(min_value=0, max_value=40)
scores = st.sampled_from([None, 0, 49, 50, 100])
results = st.sampled_from([None, *Result])
askers = st.sampled_from(["assessor", "admin", "second admin", "ops"])
ASKERS = {
    "assessor": Asker(own=IDS.new(), finalises=True, amends_alone=True),
    "admin": Asker(overrides=True, finalises=True, amends_alone=True, voids_alone=True),
    "second admin": Asker(overrides=True, finalises=True, amends_alone=True, voids_alone=True),
    "ops": Asker(),
}
ASSESSOR = ASKERS["assessor"].own


class Ground:
    """A database, and a loop of its own: Hypothesis draws outside of any."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.runner, self.vault, self.clock = asyncio.Runner(), vault, TestClock()
        self.engine = create_engine(url, application_name="any sequence")
        append = outbox_append("assessment", "assessment")
        self.units = UnitsOfWork(self.engine, clock=self.clock, ids=TimeOrderedIds(), append=append)

    def words(self, sealed: bytes, assessment_id: UUID) -> Words:
        async def read() -> Words:
            async with self.units.reading() as uow:
                vault = self.held(uow)
                await vault.hold_for([sealed])
                return open_words(sealed, vault, subject=assessment_id)

        return self.runner.run(read())

    def held(self, uow: UnitOfWork) -> PersonalVault:
        return PersonalVault(self.vault, uow, "assessment")

    def do(self, ask: Ask, actor: str = "system") -> Any:
        """One command in a transaction of its own; the refusal when it was refused."""

        async def play() -> Any:
            with entered(Context(correlation_id=IDS.new()).acting(actor, actor)):
                async with self.units.begin() as uow:
                    return await ask(uow)

        try:
            return self.runner.run(play())
        except Refused as refusal:
            return refusal

    def rows(self, statement: str, **values: Any) -> list[Any]:
        async def read() -> list[Any]:
            async with self.engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(statement), values)]

        return self.runner.run(read())

    def leave(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()


class AnySequence(RuleBasedStateMachine):
    ground: ClassVar[Ground]

    @initialize(credited=st.sampled_from([100, 480]), first=st.sampled_from([None, Result.FAIL, Result.PASS]))
    def begin(self, credited: int, first: Result | None) -> None:
        self.ground.clock.set(NOW)
        self.course_id, self.run_id, self.places = IDS.new(), IDS.new(), [IDS.new(), IDS.new()]
        assert ASSESSOR is not None
        people: dict[UUID, tuple[int, ...]] = {ASSESSOR: (2,)}
        events = [course_event(self.course_id, skill_codes=SKILLS)]
        self.ground.do(lambda uow: follow_course(uow, events[0]))
        run = run_event(self.run_id, course_id=self.course_id, people=people)
        self.ground.do(lambda uow: follow_run(uow, run))
        for number, place in enumerate(self.places):
            self.enrolment_says(place, EnrolmentStatus.CONFIRMED)
            self.attendance_says(place, 480 if number == 0 else credited)
        if first is not None:
            self.send(first, None, 1, finalise=True)

    def enrolment_says(self, place: UUID, status: EnrolmentStatus) -> None:
        self.ground.do(lambda uow: follow_enrolment(uow, enrolment_event(place, self.run_id, status)))

    def attendance_says(self, place: UUID, credited: int) -> None:
        self.ground.do(lambda uow: follow_rate(uow, rate(place, self.run_id, credited=credited)))

    @property
    def today(self) -> str:
        return singapore_day(self.ground.clock.now()).isoformat()

    def known(self) -> list[UUID]:
        return [row[0] for row in self.ground.rows(ALL + " order by id", run_id=self.run_id)]

    def act(self, number: int, who: str, ask: Callable[[UnitOfWork, UUID, int], Awaitable[Any]]) -> Any:
        """Do something to one of the assessments, at the version it is at; a refusal says what is taken."""
        known = self.known()
        if not known:
            return None
        assessment_id = known[number % len(known)]

        async def at_its_version(uow: UnitOfWork) -> Any:
            assessment = await get_assessment(uow, assessment_id)
            return await ask(uow, assessment_id, assessment.version)

        made = self.ground.do(at_its_version, who)
        if isinstance(made, ActionNotAllowed):
            assert made.allowed == taken_in(self.standing(assessment_id))
        elif isinstance(made, Conflict):
            assert made.allowed
        return made

    def standing(self, assessment_id: UUID) -> Any:
        async def ask(uow: UnitOfWork) -> Any:
            assessment = await get_assessment(uow, assessment_id)
            judged_by = await rule_numbered(uow, assessment.rule_number)
            return await standing_of(uow, assessment, judged_by, singapore_day(uow.now()))

        return self.ground.do(ask)

    def open_proposal(self, assessment_id: UUID) -> UUID:
        found = self.ground.rows(
            "select id from assessment.proposal where assessment_id = :key order by id desc limit 1", key=assessment_id
        )
        return found[0][0] if found else IDS.new()

    # --------------------------------------------------------------------------------------- what people do

    @rule(place=some, skill=st.sampled_from(SKILLS), result=results, score=scores, who=askers)
    def enter(self, place: int, skill: str, result: Result | None, score: int | None, who: str) -> None:
        wish = AssessmentWish(
            enrolment_id=self.places[place % 2], skill_code=skill, result=result, score=score, assessed_on=self.today
        )
        self.ground.do(lambda uow: entering.enter(uow, wish, self.ground.held(uow), ASKERS[who]), who)

    @rule(number=some, result=results, score=scores)
    def change(self, number: int, result: Result | None, score: int | None) -> None:
        patch, vault = AssessmentPatch(result=result, score=score), self.ground.held
        self.act(
            number,
            "assessor",
            lambda uow, key, at: entering.change(uow, key, patch, vault(uow), ASKERS["assessor"], version=at),
        )

    @rule(number=some)
    def discard(self, number: int) -> None:
        self.act(number, "ops", lambda uow, key, at: entering.discard(uow, key, None, ASKERS["ops"], version=at))

    @rule(number=some, who=askers)
    def set_attendance_aside(self, number: int, who: str) -> None:
        self.act(number, who, lambda uow, key, at: entering.override(uow, key, WHY, ASKERS[who], version=at))

    @rule(number=some, who=st.sampled_from(["assessor", "admin", "second admin"]))
    def finalise(self, number: int, who: str) -> None:
        vault = self.ground.held
        self.act(number, who, lambda uow, key, at: finalising.finalise(uow, key, vault(uow), ASKERS[who], version=at))

    @rule(number=some, result=st.sampled_from(list(Result)), score=scores, who=askers)
    def amend(self, number: int, result: Result, score: int | None, who: str) -> None:
        wish, vault = AmendWish(result=result, score=score, reason=WHY), self.ground.held
        made = self.act(
            number, who, lambda uow, key, at: amending.amend(uow, key, wish, vault(uow), ASKERS[who], version=at)
        )
        assert who != "ops" or not isinstance(made, Assessment)

    @rule(number=some, result=st.sampled_from(list(Result)), who=askers)
    def propose(self, number: int, result: Result, who: str) -> None:
        wish, vault = AmendWish(result=result, score=None, reason=WHY), self.ground.held
        self.act(
            number, who, lambda uow, key, at: amending.propose(uow, key, wish, vault(uow), ASKERS[who], version=at)
        )

    @rule(number=some, who=st.sampled_from(["admin", "second admin"]), how=st.sampled_from(["yes", "no", "back"]))
    def decide(self, number: int, who: str, how: str) -> None:
        asker, vault = ASKERS[who], self.ground.held

        async def ask(uow: UnitOfWork, key: UUID, at: int) -> Any:
            proposal_id = proposals[key]
            if how == "yes":
                return await amending.approve(uow, key, proposal_id, WHY, vault(uow), asker, version=at)
            given = amending.decline if how == "no" else amending.withdraw
            return await given(uow, key, proposal_id, WHY, asker, version=at)

        proposals = {key: self.open_proposal(key) for key in self.known()}
        made = self.act(number, who, ask)
        assert made is None or isinstance(made, Assessment | Refused)

    @rule(number=some, who=st.sampled_from(["assessor", "admin", "second admin"]))
    def void(self, number: int, who: str) -> None:
        made = self.act(number, who, lambda uow, key, at: voiding.void(uow, key, WHY, ASKERS[who], version=at))
        if who == "assessor" and isinstance(made, Assessment):
            assert made.status is AssessmentStatus.FINAL  # alone they only ask for it

    @rule(number=some, result=results, override=st.booleans(), who=askers)
    def reassess(self, number: int, result: Result | None, who: str, *, override: bool) -> None:
        wish = ReassessWish(result=result, assessed_on=self.today, override=override, reason=WHY)
        vault = self.ground.held
        self.act(
            number, who, lambda uow, key, at: entering.reassess(uow, key, wish, vault(uow), ASKERS[who], version=at)
        )

    @rule(number=some, result=st.sampled_from(list(Result)))
    def repeat(self, number: int, result: Result) -> None:
        """The next attempt, made to stand at once."""
        wish, vault = ReassessWish(result=result, assessed_on=self.today), self.ground.held
        assessor = ASKERS["assessor"]

        async def ask(uow: UnitOfWork, key: UUID, at: int) -> Any:
            draft = await entering.reassess(uow, key, wish, vault(uow), assessor, version=at)
            return await finalising.finalise(uow, draft.id, vault(uow), assessor, version=draft.version)

        self.act(number, "assessor", ask)

    @rule(result=st.sampled_from(list(Result)), score=scores, attempt=st.integers(1, 3), finalise=st.booleans())
    def send_all(self, result: Result, score: int | None, attempt: int, *, finalise: bool) -> None:
        first = self.send(result, score, attempt, finalise=finalise)
        again = self.send(result, score, attempt, finalise=finalise)
        assert again.refused == first.refused
        assert again.unchanged + again.refused == len(again.lines)

    def send(self, result: Result, score: int | None, attempt: int, *, finalise: bool) -> Any:
        lines = [
            {"enrolment_id": place, "skill_code": skill, "attempt": attempt, "result": result, "score": score}
            for place in self.places
            for skill in SKILLS
        ]
        wish = BulkWish.model_validate(
            {"run_id": self.run_id, "assessed_on": self.today, "finalise": finalise, "lines": lines}
        )
        return self.ground.do(lambda uow: take_all(uow, wish, self.ground.held(uow), ASKERS["assessor"]), "assessor")

    # --------------------------------------------------------------------------------------- what happens

    @rule(place=some, credited=st.sampled_from([100, 360, 480]))
    def attend(self, place: int, credited: int) -> None:
        self.attendance_says(self.places[place % 2], credited)

    @rule(place=some, status=st.sampled_from([EnrolmentStatus.CONFIRMED, EnrolmentStatus.WITHDRAWN]))
    def enrolment_moves(self, place: int, status: EnrolmentStatus) -> None:
        self.enrolment_says(self.places[place % 2], status)

    @rule(days=st.sampled_from([1, 8, 70]))
    def time_passes(self, days: int) -> None:
        self.ground.clock.advance(timedelta(days=days))

    # --------------------------------------------------------------------------------------- what always holds

    @invariant()
    def the_newest_final_attempt_counts_and_a_pass_is_the_last(self) -> None:
        for attempts in self.attempts().values():
            finals = sorted(row[3] for row in attempts if row[4] == "final")
            counting = [row for row in attempts if row[5]]
            assert [row[3] for row in counting] == finals[-1:]
            passes = [row[3] for row in attempts if row[4] == "final" and row[6]]
            assert sum(row[4] == "draft" for row in attempts) <= 1
            assert len({row[3] for row in attempts}) == len(attempts)
            if counting and counting[0][6]:
                assert counting[0][3] in passes

    @invariant()
    def every_result_agrees_with_its_rule_and_has_its_history(self) -> None:
        if not hasattr(self, "run_id"):
            return
        history = {row[0]: (row[1], row[2]) for row in self.ground.rows(REVISIONS)}
        grants = dict(self.ground.rows(GRANTS))
        for row in self.ground.rows(ALL, run_id=self.run_id):
            key, status = row[0], row[4]
            revision, overridden, by, sealed, number = row[7:12]
            if status == "draft":
                assert key not in history
                continue
            words = self.ground.words(sealed, key)
            judged_by = self.rule(number)
            assert judged_by.findings(words) == []
            assert words.passed == row[6]
            assert history[key] == (revision, revision)
            assert not overridden or grants[key] != by
            assert words.result is not Result.EXEMPT or (words.score, words.grade) == (None, None)

    @invariant()
    def outcomes_are_what_the_results_say_and_certificates_follow(self) -> None:
        if not hasattr(self, "run_id"):
            return
        outcomes = {row[0]: row[1:] for row in self.ground.rows(OUTCOMES, run_id=self.run_id)}
        valid = {row[0] for row in self.ground.rows(VALID, run_id=self.run_id)}
        for place in self.places:
            effective = self.effective(place)
            now = judge_outcome(SKILLS, effective)
            assert outcomes.get(place, (False, False)) == (now.decided, now.passed)
            assert (place in valid) is now.passed
            told = self.ground.rows(TOLD, key=place)
            if told:
                assert (told[0][0]["decided"], told[0][0]["passed"]) == (now.decided, now.passed)

    @invariant()
    def nobody_decided_what_they_asked_for(self) -> None:
        assert self.ground.rows(SELF_DECIDED) == []

    def rule(self, number: int) -> Rule:
        judged_by: Rule = self.ground.do(lambda uow: rule_numbered(uow, number))
        return judged_by

    def effective(self, place: UUID) -> dict[str, bool]:
        found: dict[str, bool] = self.ground.do(lambda uow: effective_of(uow, place))
        return found

    def attempts(self) -> dict[tuple[UUID, str], list[Any]]:
        found: dict[tuple[UUID, str], list[Any]] = {}
        for row in self.ground.rows(ALL, run_id=getattr(self, "run_id", IDS.new())):
            found.setdefault((row[1], row[2]), []).append(row)
        return found


async def test_any_sequence_keeps_every_promise(world: World) -> None:
    runtime = world.stage.runtime
    url = runtime.settings.database_url.get_secret_value()

    def play() -> None:
        ground = Ground(url, runtime.vault)
        try:
            AnySequence.ground = ground
            run_state_machine_as_test(
                AnySequence,
                settings=settings(
                    max_examples=10,
                    stateful_step_count=20,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    phases=(Phase.reuse, Phase.generate),  # shrinking on a real database outlasts every patience
                ),
            )
        finally:
            ground.leave()

    await asyncio.to_thread(play)
