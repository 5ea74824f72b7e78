"""Old values get people's own keys."""

from typing import Final

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault, owners_with_keys
from services.enrolment.models.model import SCHEMA
from services.enrolment.models.personal import BORN_ON, EMAIL, FULL_NAME, ID_NUMBER, PHONE
from services.enrolment.models.trainee import Trainee

AT_ONCE: Final = 100
SEALED: Final = {
    "full_name_sealed": FULL_NAME,
    "id_number_sealed": ID_NUMBER,
    "born_on_sealed": BORN_ON,
    "email_sealed": EMAIL,
    "phone_sealed": PHONE,
}


async def seal_anew(uow: UnitOfWork, people: PersonalVault) -> int:
    """Give up to a hundred people sealed by the keyring alone a key of their own; returns how many.

    No news: nothing of the record changes but how it is kept. Safe in several processes at once, and to repeat.
    """
    wanted = (
        select(Trainee)
        .where(col(Trainee.erased_at).is_(None), col(Trainee.id).not_in(owners_with_keys(SCHEMA)))
        .order_by(col(Trainee.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = list(await uow.session.scalars(wanted))
    await people.make(trainee.id for trainee in found)
    for trainee in found:
        for column, purpose in SEALED.items():
            sealed = getattr(trainee, column)
            if sealed is not None:
                plain = people.open(sealed, purpose=purpose, subject=trainee.id)
                anew = people.seal_for(trainee.id, plain, purpose=purpose, subject=trainee.id)
                setattr(trainee, column, anew)
    return len(found)
