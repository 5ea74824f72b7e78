"""People. Personal data is sealed before it reaches a row and opened only to be shown or sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.event import Change
from libs.database.changes import apply
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Duplicate, TooManyReveals, UnknownReference, WrongWords
from libs.sources import singapore_day
from libs.telemetry.context import current
from services.enrolment.commands.amending import replace
from services.enrolment.commands.seating import at_desks
from services.enrolment.errors import MergeClash, TraineeKnown
from services.enrolment.models.codes import IdType
from services.enrolment.models.personal import (
    BORN_ON,
    EMAIL,
    FULL_NAME,
    ID_NUMBER,
    PHONE,
    Indexes,
    Opens,
    Phone,
    Vault,
    index_of_email,
    index_of_id,
    index_of_name,
    index_of_person,
    index_of_phone,
    last_of,
    seal_phone,
)
from services.enrolment.models.reveal import Reveal
from services.enrolment.models.trainee import CONTACT, IDENTITY, PERSONAL, Trainee
from services.enrolment.queries.enrolments import active_run_ids_of, lock_active_of
from services.enrolment.queries.policy import policy_in_force
from services.enrolment.queries.trainees import count_reveals, find_known, find_trainees, get_trainee, lock_trainees
from services.enrolment.schemas.person import MergeWish, TraineePatch, TraineeSearch, TraineeWish

PLAIN = frozenset({"id_type", "birth_precision", "survey_language"})
KNOWN = "trainee_id_number_index_key"


async def create_trainee(uow: UnitOfWork, wish: TraineeWish, vault: Vault) -> Trainee:
    """A new person. Raises TraineeKnown, pointing at who has this identity number already."""
    async with _known_as(uow, None, index_of_id(wish.id_type, wish.id_number, vault)):
        return enter(uow, wish, vault)


def enter(uow: UnitOfWork, wish: TraineeWish, vault: Vault) -> Trainee:
    """The new record itself; whether its identity number is known already, Postgres has yet to say."""
    values, words = lineage(uow), _words(wish)
    _require_born(uow, words)
    trainee = Trainee(**values, **_columns(values["id"], words, set(words), vault))
    uow.add(trainee)
    uow.emit(trainee.created())
    return trainee


async def change_trainee(
    uow: UnitOfWork, trainee_id: UUID, patch: TraineePatch, *, version: int, vault: Vault
) -> Trainee:
    """Change the fields sent. Confirmed enrolments are owed new contacts; another identity makes them anew."""
    trainee = (await lock_trainees(uow, [trainee_id]))[trainee_id]
    trainee.expect(version)
    trainee.require_unmerged()
    before = _clear(trainee, vault)
    after = {**before, **_words(patch)}
    fields = {name for name, value in after.items() if value != before[name]}
    if not fields:
        return trainee
    _require_born(uow, after)
    columns = _columns(trainee_id, after, fields, vault)
    changes: tuple[Change, ...] = ()
    async with _known_as(uow, trainee_id, index_of_id(after["id_type"], after["id_number"], vault)):
        changes = apply(trainee, columns, personal=PERSONAL)
        trainee.touch(uow)
    uow.emit(trainee.changed(changes).because(patch.reason))
    await _carry_on(uow, trainee, fields, patch.reason, vault)
    return trainee


async def reveal_id_number(uow: UnitOfWork, trainee_id: UUID, reason: str, vault: Opens) -> str:
    """The full identity number, for a stated reason; told as an event, and only so many times an hour."""
    trainee = await get_trainee(uow, trainee_id)
    policy, actor = await policy_in_force(uow), current().actor_id
    if await count_reveals(uow, actor, since=uow.now() - timedelta(hours=1)) >= policy.reveals_an_hour:
        raise TooManyReveals(policy.reveals_an_hour)
    uow.add(Reveal(id=uow.new_id(), trainee_id=trainee_id, actor_id=actor, revealed_at=uow.now()))
    uow.emit(trainee.revealed(reason))
    return trainee.id_number(vault)


async def look_up(uow: UnitOfWork, wish: TraineeSearch, vault: Indexes, *, only_user: UUID | None) -> list[Trainee]:
    """People of whom all this is known, found without opening anything; each finding is on record."""
    columns: dict[str, Any] = {}
    if wish.id_number is not None:
        types = [wish.id_type] if wish.id_type else list(IdType)
        columns["id_number_index"] = [index_of_id(each, wish.id_number, vault) for each in types]
    if wish.id_number_last4 is not None:
        columns["id_number_last4"] = [wish.id_number_last4]
    if wish.full_name is not None:
        columns["full_name_index"] = [index_of_name(wish.full_name, vault)]
    if wish.email is not None:
        columns["email_index"] = [index_of_email(wish.email, vault)]
    if wish.phone is not None:
        columns["phone_index"] = [index_of_phone(Phone(**wish.phone.model_dump()), vault)]
    if not columns.keys() - {"id_number_last4"}:
        raise WrongWords("full_name", "missing", "Nothing to look for.", "Send a number, name, e-mail or phone.")
    found = await find_trainees(uow, columns, only_user=only_user)
    for trainee in found:
        uow.emit(trainee.looked_up())
    return found


async def merge(uow: UnitOfWork, trainee_id: UUID, wish: MergeWish, *, version: int, vault: Opens) -> Trainee:
    """Two records are one person: the other lives on, and has all places that are not history yet."""
    if await uow.find(Trainee, wish.into_id) is None:
        raise UnknownReference("into_id", "trainee", wish.into_id)
    both = await lock_trainees(uow, {trainee_id, wish.into_id})
    loser, into = both[trainee_id], both[wish.into_id]
    loser.expect(version)
    event = loser.merge_into(into, wish.reason)
    places = await active_run_ids_of(uow, both)
    if clash := places[trainee_id] & places[wish.into_id]:
        raise MergeClash(sorted(clash))
    loser.touch(uow)
    uow.emit(event)
    async with at_desks(uow, places[trainee_id]) as desks:
        for enrolment in await lock_active_of(uow, trainee_id):
            if enrolment.status is EnrolmentStatus.CONFIRMED:
                await replace(desks[enrolment.run_id], enrolment, {"trainee_id": into.id}, wish.reason, vault)
            elif enrolment.unseated:
                enrolment.touch(uow)
                moved = enrolment.amend({"trainee_id": into.id}, reason=wish.reason)
                if moved is not None:
                    uow.emit(moved)
    return loser


async def _carry_on(uow: UnitOfWork, trainee: Trainee, fields: set[str], reason: str | None, vault: Opens) -> None:
    """Bring a person's change to the confirmed places they have."""
    if not fields & (IDENTITY | CONTACT):
        return
    runs = await active_run_ids_of(uow, [trainee.id])
    async with at_desks(uow, runs[trainee.id]) as desks:
        for enrolment in await lock_active_of(uow, trainee.id):
            if enrolment.status is not EnrolmentStatus.CONFIRMED:
                continue
            if fields & IDENTITY:
                why = reason or "the trainee's identity was corrected"
                await replace(desks[enrolment.run_id], enrolment, {}, why, vault)
            else:
                enrolment.touch(uow)
                uow.emit(enrolment.parts_changed("trainee.contact"))


@asynccontextmanager
async def _known_as(uow: UnitOfWork, trainee_id: UUID | None, index: bytes) -> AsyncIterator[None]:
    """Let Postgres say whether the identity number written in the block is known; then say whose it is."""
    try:
        async with refusing(uow, {KNOWN: Duplicate("trainee", "id_number")}):
            yield
    except Duplicate as refusal:
        known = (await find_known(uow, [index])).get(index)
        if known is None or known.id == trainee_id:
            raise
        raise TraineeKnown(known.id) from refusal


def _words(wish: TraineeWish | TraineePatch) -> dict[str, Any]:
    """What was sent, with the phone in our own shape."""
    sent = wish.model_dump(exclude_unset=isinstance(wish, TraineePatch), exclude={"reason"})
    if sent.get("phone") is not None:
        sent["phone"] = Phone(**sent["phone"])
    return sent


def _clear(trainee: Trainee, vault: Opens) -> dict[str, Any]:
    """The same text sealed twice never looks the same, so personal fields are compared in clear."""
    return {
        "full_name": trainee.full_name(vault),
        "id_number": trainee.id_number(vault),
        "born_on": trainee.born_on(vault),
        "email": trainee.email(vault),
        "phone": trainee.phone(vault),
        **{name: getattr(trainee, name) for name in PLAIN},
    }


def _columns(trainee_id: UUID, words: dict[str, Any], fields: set[str], vault: Vault) -> dict[str, Any]:
    """The columns that change when `fields` do: what is sealed anew, and the indexes that follow."""
    columns: dict[str, Any] = {name: words[name] for name in fields & PLAIN}

    def seal(text: str, purpose: str) -> bytes:
        return vault.seal(text, purpose=purpose, subject=trainee_id)

    if "id_number" in fields:
        columns["id_number_sealed"] = seal(words["id_number"], ID_NUMBER)
        columns["id_number_last4"] = last_of(words["id_number"])
    if fields & {"id_number", "id_type"}:
        columns["id_number_index"] = index_of_id(words["id_type"], words["id_number"], vault)
    if "full_name" in fields:
        columns["full_name_sealed"] = seal(words["full_name"], FULL_NAME)
        columns["full_name_index"] = index_of_name(words["full_name"], vault)
    if "born_on" in fields:
        columns["born_on_sealed"] = seal(words["born_on"].isoformat(), BORN_ON)
    if fields & {"full_name", "born_on"}:
        columns["person_index"] = index_of_person(words["full_name"], words["born_on"], vault)
    if "email" in fields and words["email"] is not None:
        columns["email_sealed"] = seal(words["email"], EMAIL)
        columns["email_index"] = index_of_email(words["email"], vault)
    if "phone" in fields and words["phone"] is not None:
        columns["phone_sealed"] = seal_phone(words["phone"], vault, purpose=PHONE, subject=trainee_id)
        columns["phone_index"] = index_of_phone(words["phone"], vault)
    return columns


def _require_born(uow: UnitOfWork, words: dict[str, Any]) -> None:
    if words["born_on"] >= singapore_day(uow.now()):
        raise WrongWords("born_on", "in_the_future", "Nobody is born yet on that day.", "Compare it with the card.")
