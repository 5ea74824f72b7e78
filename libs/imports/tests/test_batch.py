"""What may be done with a file, and for whom its rows are taken."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.errors import FieldError, ImportBusy, Invalid, Refused, RowsRefused
from libs.imports.batch import BatchStatus, ImportBatch
from libs.imports.row import ImportRow, findings_of, sealed_row
from libs.privacy.vault import Erased
from libs.sources import TimeOrderedIds
from libs.tabular.reading import Row
from libs.telemetry.context import Context, entered

IDS = TimeOrderedIds()
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def batch(status: BatchStatus = BatchStatus.CHECKED) -> ImportBatch:
    return ImportBatch(
        id=IDS.new(),
        created_at=NOW,
        created_by="sender",
        updated_at=NOW,
        updated_by="sender",
        correlation_id=IDS.new(),
        sha256=b"digest",
        status=status,
    )


@pytest.mark.parametrize("status", [each for each in BatchStatus if each is not BatchStatus.CHECKED])
def test_only_a_file_that_is_judged_and_not_ordered_yet_can_be_ordered(status: BatchStatus) -> None:
    with pytest.raises(ImportBusy):
        batch(status).order(refused=0, only_valid=False)


def test_a_file_with_refused_rows_is_taken_only_by_somebody_who_wants_the_rest() -> None:
    file = batch()

    with pytest.raises(RowsRefused):
        file.order(refused=1, only_valid=False)
    kept = file.status
    with entered(Context(correlation_id=IDS.new())):
        file.order(refused=1, only_valid=True)

    assert (kept, file.status) == (BatchStatus.CHECKED, BatchStatus.COMMITTING)


def test_rows_are_taken_on_behalf_of_who_ordered_it_on_the_journey_the_file_began() -> None:
    file = batch()

    before = file.journey()
    with entered(Context(correlation_id=IDS.new()).acting("orderer", "ops")):
        file.order(refused=0, only_valid=False)
    after = file.journey()

    assert (before.actor_id, after.actor_id, after.actor_role) == ("sender", "orderer", "ops")
    assert after.correlation_id == file.correlation_id


def test_a_forgotten_file_cannot_be_ordered_and_is_not_known_again() -> None:
    file = batch()

    file.forget(NOW)

    assert file.sha256 is None
    with pytest.raises(Erased):
        file.order(refused=0, only_valid=False)


class InClear:
    """A vault that binds as the real one does, and hides nothing."""

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes:
        return f"{purpose}|{subject}|{plain}".encode()

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str:
        return sealed.decode().removeprefix(f"{purpose}|{subject}|")


def test_a_row_gives_back_what_was_sealed_until_it_is_blank() -> None:
    kept = ImportRow(**sealed_row(IDS.new(), Row(2, {"session": 1}, (), ["", "1"]), InClear()))

    found = (kept.cells(InClear()), kept.values(InClear()))
    for column, value in ImportRow.BLANK.items():
        setattr(kept, column, value)

    assert found == (["", "1"], {"session": "1"})
    with pytest.raises(Erased):
        kept.cells(InClear())


def test_a_refusal_of_fields_is_told_by_field_and_any_other_of_the_whole_row() -> None:
    field = FieldError("id_number", "checksum", "The last letter does not fit.", "Look at the card.")

    of_fields = findings_of(Invalid("Something is wrong.", [field]))
    of_all = findings_of(Refused("The run is full."))

    assert [each["field"] for each in of_fields] == ["id_number"]
    assert [(each["field"], each["message"]) for each in of_all] == [("row", "The run is full.")]
