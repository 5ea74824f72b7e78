"""E5: read one enrolment back."""

from infra.tpg_simulator.belonging import find_own
from infra.tpg_simulator.enrolments.create import ROOT
from infra.tpg_simulator.enrolments.wire import show_enrolment
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.operation import Call


def view(call: Call) -> Answer:
    enrolment = find_own(call, call.world.store.enrolments, ROOT)
    stamps = enrolment.stamps_in_singapore(call.world.clock.now())
    return Answer({ROOT: show_enrolment(call, enrolment)}, meta=stamps)
