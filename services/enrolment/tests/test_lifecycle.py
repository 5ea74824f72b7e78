"""The table of states and actions: what each state takes, and how it refuses the rest."""

import pytest

from libs.contracts.enrolment import EnrolmentStatus
from services.enrolment.errors import ActionNotAllowed
from services.enrolment.models.lifecycle import TAKEN_IN, EnrolmentAction, require, takes

A = EnrolmentAction
BY_STATE = {
    EnrolmentStatus.DRAFT: {A.AMEND, A.AMEND_FEES, A.CONFIRM, A.CANCEL, A.PAY, A.REVERSE},
    EnrolmentStatus.WAITLISTED: {A.AMEND, A.AMEND_FEES, A.CONFIRM, A.OFFER, A.CANCEL, A.PAY, A.REVERSE},
    EnrolmentStatus.OFFERED: {A.AMEND, A.AMEND_FEES, A.ACCEPT, A.DECLINE, A.CANCEL, A.PAY, A.REVERSE},
    EnrolmentStatus.CONFIRMED: {A.AMEND, A.AMEND_FEES, A.CANCEL, A.WITHDRAW, A.TRANSFER, A.PAY, A.REVERSE},
    EnrolmentStatus.COMPLETED: {A.PAY, A.REVERSE},
    EnrolmentStatus.CANCELLED: {A.REINSTATE, A.REVERSE, A.REFUND},
    EnrolmentStatus.WITHDRAWN: {A.REINSTATE, A.PAY, A.REVERSE, A.REFUND},
    EnrolmentStatus.TRANSFERRED: {A.REINSTATE, A.REVERSE},
}


@pytest.mark.parametrize("status", list(EnrolmentStatus))
def test_each_state_takes_exactly_its_actions(status: EnrolmentStatus) -> None:
    assert {action for action in A if status in TAKEN_IN[action]} == BY_STATE[status]


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("status", list(EnrolmentStatus))
def test_every_action_a_state_does_not_take_is_refused_with_those_it_does(
    status: EnrolmentStatus, *, begun: bool
) -> None:
    taken = {action for action in A if takes(action, status, begun=begun)}

    for action in set(A) - taken:
        with pytest.raises(ActionNotAllowed) as refused:
            require(action, status, begun=begun)
        assert set(refused.value.allowed) == taken


def test_a_confirmed_place_is_cancelled_before_the_start_and_withdrawn_from_after_it() -> None:
    confirmed = EnrolmentStatus.CONFIRMED

    assert [takes(A.CANCEL, confirmed, begun=begun) for begun in (False, True)] == [True, False]
    assert [takes(A.WITHDRAW, confirmed, begun=begun) for begun in (False, True)] == [False, True]
