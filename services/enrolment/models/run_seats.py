"""How the places of one run are taken: one counter row, locked by every command that moves a seat."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column
from sqlmodel import Field

from libs.contracts.enrolment import RunSeatsCounted
from services.enrolment.errors import RunFull
from services.enrolment.models.model import Model


class RunSeats(Model, table=True):
    """`confirmed` counts everybody who has a seat, also once they completed; `offered` the seats held for somebody."""

    __tablename__ = "run_seats"
    __table_args__ = (
        CheckConstraint("confirmed + offered <= capacity", name="capacity"),
        CheckConstraint("confirmed >= 0 and offered >= 0 and waitlisted >= 0", name="counts"),
        CheckConstraint("capacity >= planned and planned >= 0", name="planned"),
    )

    run_id: UUID = Field(primary_key=True, foreign_key="enrolment.run.id")
    planned: int
    """Intake and threshold, as course says."""
    capacity: int
    """Normally `planned`; larger only while more seats were taken than a shrunken run has."""
    confirmed: int = 0
    offered: int = 0
    waitlisted: int = 0
    last_sequence: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    """The place in the queue given last; places are never given twice."""

    @property
    def taken(self) -> int:
        return self.confirmed + self.offered

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    def resize(self, planned: int) -> None:
        """The run has so many places now; nobody who has one loses it."""
        self.planned = planned
        self.capacity = max(planned, self.taken)

    def take(self) -> None:
        self._need_one()
        self.confirmed += 1

    def squeeze_in(self) -> None:
        """One seat more than there are, as long as so many are taken."""
        self.confirmed += 1
        self.resize(self.planned)

    def hold(self) -> None:
        self._need_one()
        self.offered += 1

    def take_held(self) -> None:
        self.offered -= 1
        self.confirmed += 1

    def give_back(self) -> None:
        self.confirmed -= 1
        self.resize(self.planned)

    def give_back_held(self) -> None:
        self.offered -= 1
        self.resize(self.planned)

    def join(self) -> int:
        """A place at the end of the queue."""
        self.waitlisted += 1
        self.last_sequence += 1
        return self.last_sequence

    def leave(self) -> None:
        self.waitlisted -= 1

    def counts(self) -> tuple[int, int, int]:
        return self.confirmed, self.offered, self.waitlisted

    def counted(self) -> RunSeatsCounted:
        return RunSeatsCounted(
            run_id=self.run_id, confirmed=self.confirmed, offered=self.offered, waitlisted=self.waitlisted
        )

    def _need_one(self) -> None:
        if self.free < 1:
            raise RunFull(self.run_id)
