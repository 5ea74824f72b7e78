import pytest

from infra.bench.load import _read_wrk

FINE = """Running 5s test @ http://127.0.0.1:1/
  8587 requests in 5.01s, 5.85MB read
Requests/sec:   1713.97
"""
WRONG = """  100 requests in 2.00s, 5.85MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 5
"""


def test_wrks_words_become_numbers() -> None:
    done = _read_wrk(FINE)
    assert (done.requests, done.failures, done.seconds) == (8587, 0, 5.01)
    assert round(done.per_second) == 1714


def test_every_kind_of_failure_counts() -> None:
    assert _read_wrk(WRONG).failures == 15


def test_other_words_are_no_measurement() -> None:
    with pytest.raises(ValueError, match="something else"):
        _read_wrk("unable to connect")
