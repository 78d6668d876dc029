"""Each reader is fed 200,000 made-up files: it reads or refuses, and never anything else."""

import fuzzing
import hypothesis
import pytest
from hypothesis import strategies as st

EACH = 100  # files of one structure


@pytest.mark.parametrize("reader", fuzzing.READERS)
def test_a_reader_reads_or_refuses_whatever_it_is_fed(reader, tmp_path, request):
    inputs = request.config.getoption("--inputs")
    structures = fuzzing.READERS[reader][1]

    @hypothesis.settings(
        max_examples=max(inputs // EACH, 1), deadline=None, database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(structure=structures, seed=st.integers(0, 1 << 30))
    def read_all(structure, seed):
        fuzzing.feed_many(reader, structure, seed, EACH, tmp_path)

    read_all()
