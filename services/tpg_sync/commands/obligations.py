"""Brings the rows of obligations in line with the duties there are, judges them, and tells what has changed."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, select
from sqlmodel import col

from libs.contracts.tpg_sync import ObligationBreached, ObligationLevel, ObligationLevelChanged, ObligationWaived
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from libs.telemetry.context import current
from services.tpg_sync.commands.duties import Duty
from services.tpg_sync.commands.obligation_sums import add_up
from services.tpg_sync.errors import ObligationNotOpen
from services.tpg_sync.models import Obligation, ObligationProvider, ObligationRun, ObligationState
from services.tpg_sync.policy import judge, policies, policy_on, start_of_day
from services.tpg_sync.policy.rows import case_of, time_row
from services.tpg_sync.settings import ProviderType

STANDING: Final = frozenset({ObligationState.OPEN, ObligationState.LATE})
BATCH: Final = 500
RUNS: Final = 50


async def provider_of(uow: UnitOfWork) -> ProviderType:
    """The kind of provider that duties are judged for."""
    return ProviderType((await uow.get(ObligationProvider, 1)).provider_type)


async def settle_duties(
    uow: UnitOfWork, run_id: UUID, within: ColumnElement[bool], duties: Iterable[Duty], provider: ProviderType
) -> None:
    """Make the rows that `within` names say exactly these duties. The caller holds the run's lock; safe to repeat.

    A row whose duty is gone is dropped, not deleted, and comes back as it was when its duty does.
    """
    rows = (await uow.session.execute(select(Obligation).where(within).with_for_update())).scalars().all()
    left = {row.identity: row for row in rows}
    before = {row.id: _counted(row) for row in rows}
    settled = []
    for duty in duties:
        row = left.pop(duty.identity, None)
        if row is None:
            row = new_row(uow, run_id, duty)
            uow.add(row)
        take_over(row, duty, provider)
        look_again(uow, row)
        settled.append(row)
    for gone in left.values():
        gone.dropped = True
        look_again(uow, gone)
    if any(before.get(row.id) != _counted(row) for row in (*settled, *left.values())):
        await add_up(uow, [run_id])


def _counted(row: Obligation) -> tuple[object, ...]:
    """What the sums are made of."""
    return row.state, row.level, row.breached, row.trigger_at, row.due_at, row.money_cents


def new_row(uow: UnitOfWork, run_id: UUID, duty: Duty) -> Obligation:
    now = uow.now()
    nothing_yet: dict[str, Any] = {"due_at": now, "amber_at": now, "red_at": now, "queue_at": now, "policy": ""}
    return Obligation(
        id=uow.new_id(),
        key=duty.key,
        subject_type=duty.subject_type,
        subject_id=duty.subject_id,
        occasion=duty.occasion,
        run_id=run_id,
        style=policy_on(singapore_day(duty.anchor_at)).rule(duty.key).style,
        trigger_at=duty.trigger_at,
        anchor_at=duty.anchor_at,
        created_at=now,
        updated_at=now,
        **nothing_yet,
    )


def take_over(row: Obligation, duty: Duty, provider: ProviderType) -> None:
    if (row.trigger_at, row.anchor_at) != (duty.trigger_at, duty.anchor_at):
        row.version += 1  # what a person read of it is no longer so
    row.trigger_at, row.anchor_at = duty.trigger_at, duty.anchor_at
    row.satisfied_at, row.floor, row.affected = duty.satisfied_at, duty.floor, duty.affected
    row.handed_over, row.dropped = duty.handed_over, False
    time_row(row, provider)


def look_again(uow: UnitOfWork, row: Obligation) -> bool:
    """Judge a row at this instant, and tell what became of it; whether anything did."""
    verdict = judge(case_of(row), uow.now())
    before = row.level, row.breached
    after = (verdict.state, verdict.level, verdict.breached, verdict.next_change_at)
    changed = after != (row.state, row.level, row.breached, row.next_change_at)
    row.state, row.level, row.breached, row.next_change_at = after
    if changed:
        row.version += 1
        row.updated_at = uow.now()
    if row.level is not before[0]:
        uow.emit(ObligationLevelChanged(**_facts(row), previous=before[0]))
    if row.breached and not before[1]:
        uow.emit(ObligationBreached(**_facts(row)))
    return changed


def _facts(row: Obligation) -> dict[str, Any]:
    return {
        "obligation_id": row.id,
        "obligation_key": row.key.value,
        "subject_type": row.subject_type.value,
        "subject_id": row.subject_id,
        "run_id": row.run_id,
        "due_at": row.due_at,
        "level": ObligationLevel(row.level),
        "policy": row.policy,
    }


async def move_levels_on(uow: UnitOfWork) -> int:
    """Judge the rows of some runs whose next change is due; returns how many. Safe in several workers at once.

    Runs are locked before their rows, as handlers do; one that somebody else is at is left for the next time.
    """
    due = col(Obligation.next_change_at) <= uow.now()
    waiting = select(col(Obligation.run_id)).where(due).order_by(col(Obligation.next_change_at)).limit(BATCH)
    free = (
        select(col(ObligationRun.run_id))
        .where(col(ObligationRun.run_id).in_(waiting))
        .order_by(col(ObligationRun.run_id))
        .limit(RUNS)
        .with_for_update(skip_locked=True)
    )
    run_ids = (await uow.session.execute(free)).scalars().all()
    if not run_ids:
        return 0
    statement = select(Obligation).where(col(Obligation.run_id).in_(run_ids), due).with_for_update()
    rows = (await uow.session.execute(statement)).scalars().all()
    for row in rows:
        look_again(uow, row)
    await add_up(uow, run_ids)
    return len(rows)


async def judge_for(uow: UnitOfWork, provider: ProviderType, *, after: UUID | None) -> UUID | None:
    """Reckon the rows of the next run anew for another kind of provider; returns that run, None when all are done."""
    statement = select(col(ObligationRun.run_id)).order_by(col(ObligationRun.run_id)).limit(1).with_for_update()
    if after is not None:
        statement = statement.where(col(ObligationRun.run_id) > after)
    run_id = (await uow.session.execute(statement)).scalar_one_or_none()
    if run_id is None:
        return None
    of_run = select(Obligation).where(col(Obligation.run_id) == run_id).with_for_update()
    for row in (await uow.session.execute(of_run)).scalars():
        time_row(row, provider)
        look_again(uow, row)
    await add_up(uow, [run_id])
    return run_id


async def judge_by_rules(uow: UnitOfWork, *, after: UUID | None) -> UUID | None:
    """Reckon what other rules are in force for than it was reckoned by, in the next run that has any; says which."""
    wrong = _by_other_rules()
    any_wrong = exists().where(col(Obligation.run_id) == col(ObligationRun.run_id), wrong)
    statement = select(col(ObligationRun.run_id)).where(any_wrong).order_by(col(ObligationRun.run_id)).limit(1)
    if after is not None:
        statement = statement.where(col(ObligationRun.run_id) > after)
    run_id = (await uow.session.execute(statement.with_for_update())).scalar_one_or_none()
    if run_id is None:
        return None
    provider = await provider_of(uow)
    of_run = select(Obligation).where(col(Obligation.run_id) == run_id, wrong).with_for_update()
    for row in (await uow.session.execute(of_run)).scalars():
        time_row(row, provider)
        look_again(uow, row)
    await add_up(uow, [run_id])
    return run_id


def _by_other_rules() -> ColumnElement[bool]:
    """Which rows bear another name than that of the set in force on the day they count from."""
    first, *later = policies()
    begun = [(col(Obligation.anchor_at) >= start_of_day(one.effective_from), one.name) for one in reversed(later)]
    named = case(*begun, else_=first.name) if begun else first.name
    return col(Obligation.policy) != named


async def waive(uow: UnitOfWork, obligation_id: UUID, *, version: int | None, reason: str) -> Obligation:
    """Decide that nothing more will be done about a duty. Raises NotFound, Stale, ObligationNotOpen."""
    seen = await uow.get(Obligation, obligation_id)
    await uow.get(ObligationRun, seen.run_id, for_update=True)
    row = await uow.get(Obligation, obligation_id, for_update=True)
    row.expect(version)
    if row.state not in STANDING:
        raise ObligationNotOpen(row.id, row.state)
    row.waived_at, row.waived_by, row.waived_because = uow.now(), current().actor_id, reason
    look_again(uow, row)
    uow.emit(ObligationWaived(**_facts(row)).because(reason))
    await add_up(uow, [row.run_id])
    return row
