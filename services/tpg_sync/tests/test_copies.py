"""What three copies say together: the table of the three-way comparison, for every combination there is."""

from hypothesis import given
from hypothesis import strategies as st

from libs.tpgateway.comparing import NormalRecord
from services.tpg_sync.engine.reconciling.copies import Copies, differing
from services.tpg_sync.models import Verdict

NAMES = ("a", "b", "c")
whole = st.builds(
    lambda values: NormalRecord(dict(zip(NAMES, values, strict=True))), st.tuples(*[st.sampled_from("12")] * 3)
)
partial = st.builds(NormalRecord, st.dictionaries(st.sampled_from(NAMES), st.sampled_from("12")))


@given(ours=whole, acked=whole, theirs=whole)
def test_whole_copies_follow_the_table(ours: NormalRecord, acked: NormalRecord, theirs: NormalRecord) -> None:
    table = {
        (True, True): Verdict.CLEAN,
        (False, True): Verdict.STALE,
        (True, False): Verdict.DRIFT,
    }
    same_as_acked, theirs_as_acked = ours == acked, theirs == acked
    apart = Verdict.CONVERGED if ours == theirs else Verdict.CONFLICT
    expected = table.get((same_as_acked, theirs_as_acked), apart)
    assert Copies(ours, acked, theirs).verdict is expected


@given(ours=partial, acked=partial, theirs=partial)
def test_what_theirs_does_not_tell_never_matters(ours: NormalRecord, acked: NormalRecord, theirs: NormalRecord) -> None:
    told = theirs.fields.keys()
    whole, told_only = Copies(ours, acked, theirs), Copies(ours, acked, theirs).only(told)
    assert (whole.verdict, whole.fields) == (told_only.verdict, told_only.fields)


@given(ours=partial, acked=st.one_of(st.none(), partial), theirs=partial)
def test_nothing_is_reported_where_ours_and_theirs_agree(
    ours: NormalRecord, acked: NormalRecord | None, theirs: NormalRecord
) -> None:
    copies = Copies(ours, acked, theirs)
    agree = not differing(ours, theirs)
    assert agree == (copies.verdict in {Verdict.CLEAN, Verdict.CONVERGED})
    assert agree == (copies.fields == ())


@given(ours=partial, theirs=partial)
def test_with_nothing_acknowledged_nobody_knows_who_moved(ours: NormalRecord, theirs: NormalRecord) -> None:
    assert Copies(ours, None, theirs).verdict in {Verdict.CLEAN, Verdict.CONFLICT}


@given(ours=whole, acked=whole, theirs=whole)
def test_a_push_ends_every_difference_and_taking_over_does_too(
    ours: NormalRecord, acked: NormalRecord, theirs: NormalRecord
) -> None:
    """After a push all three are ours; after theirs was taken over all three are theirs."""
    del acked
    assert Copies(ours, ours, ours).verdict is Verdict.CLEAN
    assert Copies(theirs, theirs, theirs).verdict is Verdict.CLEAN


@given(ours=whole, acked=whole, theirs=whole)
def test_a_drift_is_the_mirror_of_staleness(ours: NormalRecord, acked: NormalRecord, theirs: NormalRecord) -> None:
    mirror = {Verdict.STALE: Verdict.DRIFT, Verdict.DRIFT: Verdict.STALE}
    there, here = Copies(ours, acked, theirs).verdict, Copies(theirs, acked, ours).verdict
    assert here is mirror.get(there, there)
