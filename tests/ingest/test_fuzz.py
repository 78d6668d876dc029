"""A slice of `nox -s fuzz`: each reader reads or refuses what it is fed."""

import fuzzing
import hypothesis
import pytest

STRUCTURES, BROKEN = 8, 60


@pytest.mark.parametrize("reader", fuzzing.READERS)
def test_a_reader_reads_or_refuses_whatever_it_is_fed(reader):
    @hypothesis.settings(
        max_examples=STRUCTURES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(structure=fuzzing.READERS[reader].structures)
    def read_all(structure):
        fuzzing.feed(reader, structure, folder)

    with fuzzing.open_folder() as folder:
        read_all()
        assert fuzzing.feed_many(reader, BROKEN, 1, folder) > 0
