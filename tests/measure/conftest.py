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
