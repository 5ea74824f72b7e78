"""What is foretold is what then happens: an outage asked about beforehand, then played under the test's clock."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.access.permissions import Role
from services.tpg_sync.engine.calendar import know_rules
from services.tpg_sync.models import ObligationKey
from services.tpg_sync.models.obligation_kinds import BY_TPGATEWAY
from services.tpg_sync.policy import deadlines, judge, policies
from services.tpg_sync.policy.rules import Span
from services.tpg_sync.policy.simulating import Course, Outage, Scenario, Supposed, foretell
from services.tpg_sync.queries.forecasting import backlog, standing_duties
from services.tpg_sync.settings import ProviderType
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.outage_play import DAY, Play, Standing, at_home

SIMULATE = "/api/v1/compliance/simulate"
TODAY = date(2026, 3, 19)
LIMITED = (ObligationKey.ATTENDANCE_SUBMIT, ObligationKey.RUN_CLOSE)
COUNTED = ("green", "amber", "red", "breached")
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Case:
    """From when to when TPGateway is away, as hours from the question, and when that is asked by Singapore's clock."""

    seed: int
    asked_at: datetime
    begins: int
    hours: int


CASES = [
    pytest.param(Case(11, at_home(TODAY, 12), -2, 36), id="running-over-two-midnights"),
    pytest.param(Case(12, at_home(TODAY, 20), 6, 36), id="to-come-after-midnight"),
    pytest.param(Case(13, at_home(TODAY, 12), -1, 4), id="shorter-than-the-time-left"),
    pytest.param(Case(14, at_home(TODAY, 23), -1, 3), id="just-over-midnight"),
    pytest.param(Case(15, at_home(TODAY, 23), 0, 50), id="beginning-now"),
]


@dataclass
class Foretold:
    """What was told beforehand: over HTTP, and of each duty."""

    said: dict[str, Any]
    outage: Outage
    courses: dict[UUID, Course]
    keys: dict[UUID, ObligationKey]

    def at(self, now: datetime) -> Standing:
        verdicts = {duty_id: course.at(now) for duty_id, course in self.courses.items()}
        return {duty_id: (one.level, one.breached) for duty_id, one in verdicts.items()}

    def told_for(self, now: datetime) -> set[UUID]:
        """Whose course is told exactly: of what is on its way only outside the time in which it leaves."""
        return {
            duty_id
            for duty_id, course in self.courses.items()
            if course.answered_at is None or now >= course.answered_at or now < min(self.leaving(course))
        }

    def leaving(self, course: Course) -> Sequence[datetime]:
        """From when on it may leave."""
        waits = course.answered_at == self.outage.drained_at
        return [self.outage.ends_at if waits else datetime.fromisoformat(self.said["asked_at"])]


async def a_fortnight(play: Play) -> None:
    """Runs that ended two weeks ago and since: told, told in part, or left to people. One is about to begin."""
    chance = play.chance
    ended = [await play.publish(TODAY - DAY * ago) for ago in (15, 14, 13, 12, 3)]
    for run_id in ended:
        for person in range(3):
            await play.enrol(run_id, person)
    await play.settle()
    for run_id in ended:
        on = play.desk.owner.runs[run_id].start_on
        await play.go_on(max(play.now, at_home(on, 17) + MINUTE))
        await play.end(run_id)
    for run_id, enrolment_id, person in play.enrolled:
        if person == 0 or chance.random() < 0.3:
            await play.mark_all(run_id, enrolment_id)
            await play.assess(run_id, enrolment_id)
    await play.settle()


async def just_now(play: Play) -> None:
    """What people do shortly before the question: with TPGateway away it waits."""
    chance = play.chance
    told = {one.enrolment_id for one in play.desk.owner.marks.values()}
    for run_id, enrolment_id, person in [*play.enrolled]:
        if enrolment_id not in told and chance.random() < 0.6:
            await play.mark_all(run_id, enrolment_id)
            if chance.random() < 0.8:
                await play.assess(run_id, enrolment_id)
        if person == 1 and chance.random() < 0.4:
            await play.desk.collect_fee(enrolment_id, "partial")
        if person == 2 and chance.random() < 0.5:
            await play.enrol(run_id, 3)
    coming = await play.publish(TODAY + DAY, opens_on=TODAY + DAY)
    await play.enrol(coming, 0)


async def asked(play: Play, case: Case, *, at: datetime | None = None) -> Foretold:
    """The question, over HTTP, and each duty's course by the same words."""
    began_at = play.now + case.begins * HOUR
    outage = {"began_at": began_at.isoformat(), "hours": case.hours}
    ops = await play.desk.stage.client(Role.OPS)
    reply = await ops.post(SIMULATE, json={"outage": outage, **({"at": at.isoformat()} if at else {})})
    assert reply.status_code == 200, reply.text
    settings = play.desk.stage.runtime.settings
    async with play.desk.stage.units.reading() as uow:
        duties, waiting = await standing_duties(uow), await backlog(uow)
    recovery = settings.recovery(jobs=waiting.jobs, attempts=waiting.attempts)
    supposed = Outage.of(began_at, case.hours, recovery)
    scenario = Scenario(now=play.now, at=play.now, provider=ProviderType.PUBLIC, recovery=recovery, outage=supposed)
    return Foretold(
        said=reply.json(),
        outage=supposed,
        courses={one.id: foretell(one, scenario) for one in duties},
        keys={one.id: one.key for one in duties},
    )


def instants(told: Foretold, now: datetime) -> list[datetime]:
    """When to look: every so often, and beside every turn that is foretold while it lasts."""
    outage = told.outage
    until = outage.drained_at + HOUR
    found = {now + number * 4 * HOUR for number in range((until - now) // (4 * HOUR) + 1)}
    found |= {outage.began_at, outage.ends_at - SECOND, outage.ends_at, outage.drained_at, until}
    for course in told.courses.values():
        for at, _ in course.turns(now, until):
            found |= {at - SECOND, at}
    # while what waits leaves, the engine must get its turns
    for since in (now, outage.ends_at):
        found |= {since + number * 2 * MINUTE for number in range((outage.drained_at - outage.ends_at) // (2 * MINUTE))}
    return sorted(one for one in found if now <= one <= until)


async def put_on_stage(desk: Desk, case: Case) -> Play:
    """The fortnight up to the question; where the outage has begun by then, what people did last waits."""
    play = Play(desk, random.Random(case.seed))
    desk.stage.runtime.settings.sync_backoff_cap = timedelta(minutes=20)
    await a_fortnight(play)
    begun = case.asked_at + min(case.begins, 0) * HOUR
    await play.go_on(begun - MINUTE)
    if case.begins <= 0:
        desk.outage(how="error", status=503)
    await play.go_on(begun)
    await just_now(play)
    await play.go_on(case.asked_at)
    return play


def away(desk: Desk, outage: Outage, now: datetime) -> None:
    """TPGateway follows the supposition."""
    desk.outage(on=outage.began_at <= now < outage.ends_at, how="error", status=503)


@pytest.mark.parametrize("case", CASES)
async def test_every_level_is_as_foretold_through_the_outage_and_after_it(desk: Desk, case: Case) -> None:
    # given what is foretold beforehand
    play = await put_on_stage(desk, case)
    told = await asked(play, case)
    missed = {UUID(one["id"]) for one in told.said["missed"]["items"]}
    before = await play.standing()
    # when the same outage is played, and nobody does anything
    for now in instants(told, play.now):
        away(desk, told.outage, now)
        await play.go_on(now)
        # then every duty stands as it was foretold for that instant
        found, wanted, exact = await play.standing(), told.at(now), told.told_for(now)
        wrong = {(told.keys[one], found[one], wanted[one]) for one in exact if found[one] != wanted[one]}
        assert not wrong, f"seed {case.seed} at {now.isoformat()}"
    # and what is missed in the end, beyond what was before, is what it told: of TPGateway's duties, those
    found = await play.standing()
    news = {one for one in told.courses if found[one][1] and not before[one][1]}
    of_tpgateway = {one for one in news if told.keys[one] in BY_TPGATEWAY}
    assert of_tpgateway == missed | _none_of_its(told, of_tpgateway), f"seed {case.seed}"
    assert (told.said["missed"]["count"], len(missed)) == (len(missed), told.said["missed"]["count"])
    # whatever arose meanwhile hangs on answers that came after it
    assert await _keys_of(play, set(found) - set(before)) <= {ObligationKey.CERTIFICATE_ISSUE}
    # and the seeds are no empty shells
    if case.hours > 4:
        assert missed
        assert any(one.answered_at is not None for one in told.courses.values())
    elif case.asked_at.hour == 12:
        assert not missed


def _none_of_its(told: Foretold, found: set[UUID]) -> set[UUID]:
    """Missed before the outage began or after it had drained, because nobody did anything."""
    outage = told.outage
    dues = {one: told.courses[one].case.timing.due_at for one in found}
    return {one for one, due_at in dues.items() if due_at <= outage.began_at or due_at > outage.drained_at}


async def _keys_of(play: Play, ids: set[UUID]) -> set[ObligationKey]:
    return {one.key for one in await duties_of(play) if one.id in ids}


async def test_the_sums_told_for_an_instant_are_those_of_the_summary_then(desk: Desk) -> None:
    # given an outage under way, and the sums foretold for some instants in it and after it
    case = Case(16, at_home(TODAY, 12), -2, 36)
    play = await put_on_stage(desk, case)
    told = await asked(play, case)
    looks = [play.now + number * 7 * HOUR for number in range(5)] + [told.outage.drained_at + HOUR]
    sums = [(at, (await asked(play, case, at=at)).said["after"]) for at in looks]
    ops = await desk.stage.client(Role.OPS)
    # when it is played
    for now in sorted({*instants(told, play.now), *looks}):
        away(desk, told.outage, now)
        await play.go_on(now)
        for at, wanted in [one for one in sums if one[0] == now]:
            # then the summary of that hour says the same
            assert await summed(play, ops, known=set(told.courses)) == {name: wanted[name] for name in COUNTED}, at
            sums.remove((at, wanted))
    assert not sums, "every instant was played"


async def test_what_is_done_before_the_outage_as_told_is_not_missed(desk: Desk) -> None:
    # given an outage to come, and what it would make missed
    case = Case(12, at_home(TODAY, 10), 6, 36)
    play = await put_on_stage(desk, case)
    told = await asked(play, case)
    items = told.said["missed"]["items"]
    assert items
    assert {one["do_before"] for one in items} == {told.said["outage"]["began_at"]}
    assert told.said["missed"]["avoidable"] == len(items)
    # when people do just that, and then it comes
    wanted = {UUID(one["subject_id"]) for one in items}
    marked = {one.enrolment_id for one in desk.owner.marks.values()}
    assessed = {one.enrolment_id for one in desk.owner.results.values()}
    for run_id, enrolment_id, _ in play.enrolled:
        if enrolment_id in wanted and enrolment_id not in marked:
            await play.mark_all(run_id, enrolment_id)
        if enrolment_id in wanted and enrolment_id not in assessed:
            await play.assess(run_id, enrolment_id)
    for now in instants(told, play.now):
        away(desk, told.outage, now)
        await play.go_on(now)
    # then none of it is missed
    found = await play.standing()
    late = {one["key"] for one in items if found[UUID(one["id"])][1]}
    assert not late


@pytest.mark.parametrize(("seed", "days", "since"), [(22, 10, None), (23, 20, TODAY - 13 * DAY)])
async def test_other_limits_are_foretold_as_a_new_set_of_rules_then_judges(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, seed: int, days: int, since: date | None
) -> None:
    # given a fortnight's duties, and other limits for two of them supposed from a day on
    play = await put_on_stage(desk, Case(seed, at_home(TODAY, 12), 1, 1))
    ops = await desk.stage.client(Role.OPS)
    wish: dict[str, Any] = {"limits": [{"key": key.value, "days": days} for key in LIMITED]}
    if since is not None:
        wish["limits_from"] = since.isoformat()
    known = {one.id for one in await duties_of(play)}
    looks = [play.now + HOUR + number * 8 * HOUR for number in range(10)]
    wanted = []
    for at in looks:
        reply = await ops.post(SIMULATE, json={**wish, "at": at.isoformat()})
        assert reply.status_code == 200, reply.text
        wanted.append(reply.json()["after"])
    # when rules with these limits are in force from that day on, and time passes with nothing on its way
    await play.settle()
    old = policies()
    rules = {
        key: rule.model_copy(update={"due": Span(unit="days", public=days, in_house=days)}) if key in LIMITED else rule
        for key, rule in old[0].obligations.items()
    }
    newer = old[0].model_copy(
        update={"name": "supposed", "effective_from": since or date(2020, 1, 1), "obligations": rules}
    )
    in_force = (old[0], newer) if since is not None else (newer,)
    monkeypatch.setattr(deadlines, "policies", lambda: in_force)
    monkeypatch.setattr("services.tpg_sync.commands.obligations.policies", lambda: in_force)
    assert await know_rules(desk.stage.units)
    assert not await know_rules(desk.stage.units), "known now"
    for at, sums in zip(looks, wanted, strict=True):
        await play.go_on(at)
        # then every level is counted as foretold
        assert await summed(play, ops, known=known) == {name: sums[name] for name in COUNTED}, (seed, at)
    assert wanted[0] != wanted[-1]


async def duties_of(play: Play) -> Sequence[Supposed]:
    async with play.desk.stage.units.reading() as uow:
        return await standing_duties(uow)


async def summed(play: Play, ops: httpx.AsyncClient, *, known: set[UUID]) -> dict[str, int]:
    """What the summary counts now, less what has arisen since.

    Certificates hang on answers yet to come, and what was met under longer limits may be too late under shorter ones.
    """
    total = (await ops.get("/api/v1/compliance/summary")).json()["total"]
    news = [one for one in await duties_of(play) if one.id not in known]
    assert {one.key for one in news} <= {ObligationKey.CERTIFICATE_ISSUE, *LIMITED}
    verdicts = [judge(one.case, play.now) for one in news]
    return {
        name: total[name] - sum(one.breached if name == "breached" else one.level.value == name for one in verdicts)
        for name in COUNTED
    }
