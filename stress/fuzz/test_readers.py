"""Each reader is fed 200,000 made-up files: it reads or refuses, and never anything else."""

import resource

import fuzzing
import hypothesis
import pytest

PARTS = 4
STRUCTURES = 100  # files that are broken, for each whose structure hypothesis makes
LARGEST = 500  # MB that this process may grow by
SEED = 20261101


@pytest.fixture
def folder():
    with fuzzing.open_folder() as place:
        yield place


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("reader", fuzzing.READERS)
def test_a_reader_reads_or_refuses_whatever_it_is_fed(reader, part, folder, request):
    inputs = request.config.getoption("--inputs") // PARTS
    before = measure_peak()

    read = fuzzing.feed_many(reader, inputs, SEED + part, folder)

    assert read >= inputs // 50, (
        "nearly nothing is read: what lies behind the first look is not met"
    )
    assert measure_peak() - before < LARGEST
    print(f"{reader}: {inputs} broken files, {read} of them read")


@pytest.mark.parametrize("reader", fuzzing.READERS)
def test_a_reader_reads_or_refuses_whatever_structure_it_meets(reader, folder, request):
    inputs = request.config.getoption("--inputs")

    @hypothesis.settings(
        max_examples=max(inputs // STRUCTURES, 1), deadline=None, database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(structure=fuzzing.READERS[reader].structures)
    def read_all(structure):
        fuzzing.feed(reader, structure, folder)

    read_all()


def measure_peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
