"""The table of states and actions, cell by cell, against the reference written out here once more."""

import pytest

from libs.contracts.attendance import MarkState
from services.attendance.errors import ActionNotAllowed
from services.attendance.models.lifecycle import MarkAction, require, taken_in

S, A = MarkState, MarkAction
TABLE = {
    S.UNMARKED: {A.CHECK_IN, A.MARK},
    S.CHECKED_IN: {A.MARK, A.REJECT},
    S.PRESENT: {A.CORRECT, A.VOID},
    S.ABSENT: {A.CORRECT},
    S.REJECTED: {A.RE_MARK},
    S.VOIDED: {A.RE_MARK},
}


@pytest.mark.parametrize("state", list(MarkState))
def test_each_state_takes_exactly_its_actions_and_a_refusal_names_them(state: MarkState) -> None:
    assert set(taken_in(state)) == {action.value for action in TABLE[state]}
    for action in MarkAction:
        if action in TABLE[state]:
            require(action, state)
            continue
        with pytest.raises(ActionNotAllowed) as refused:
            require(action, state)
        assert set(refused.value.allowed) == {each.value for each in TABLE[state]}
