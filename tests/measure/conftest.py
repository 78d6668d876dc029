"""Make the helper modules of this folder importable, and build the survey once."""

import json
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


@pytest.fixture(scope="session")
def reference():
    """Return a function that reads a file of reference numbers."""

    def read(name):
        path = HERE.parent / "reference" / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    return read
