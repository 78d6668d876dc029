"""Make the helper modules of this folder importable, and build the survey once."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


@pytest.fixture(scope="session")
def survey():
    """Return the responses of the synthetic survey and its scales."""
    from measure_builders import read_survey

    return read_survey()


@pytest.fixture(params=["trust", "ce"])
def scale(request):
    """Return the id of each scale of the synthetic survey in turn."""
    return request.param


@pytest.fixture
def pooled(survey, scale):
    """Return the matrix of all waves, people by items, in scale points."""
    from climatekit.measure.matrices import list_matrices

    return next(
        1 + part.matrix / 20
        for part in list_matrices(*survey)
        if part.wave is None and part.score == f"{scale}.s"
    )
