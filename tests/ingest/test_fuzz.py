"""A slice of `nox -s fuzz`: each reader reads or refuses what it is fed."""

import fuzzing
import hypothesis
import pytest
from hypothesis import strategies as st

STRUCTURES, EACH = 8, 15


@pytest.mark.parametrize("reader", fuzzing.READERS)
def test_a_reader_reads_or_refuses_whatever_it_is_fed(reader, tmp_path):
    @hypothesis.settings(
        max_examples=STRUCTURES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(structure=fuzzing.READERS[reader][1], seed=st.integers(0, 1 << 30))
    def read_all(structure, seed):
        fuzzing.feed_many(reader, structure, seed, EACH, tmp_path)

    read_all()
