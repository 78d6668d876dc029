"""Fixtures of the stress tests."""

import pytest
from launching import STATES, Launcher, read_current, set_state, write_study


def pytest_addoption(parser):
    parser.addoption(
        "--inputs", type=int, default=200_000, help="How many files each reader is fed."
    )


@pytest.fixture(scope="session")
def launcher(tmp_path_factory):
    launcher = Launcher(tmp_path_factory.mktemp("warm"))
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def sealed(launcher, tmp_path_factory):
    """Return the manifest's hash of each state of the study, published undisturbed."""
    hashes = {}
    for state in STATES:
        folder = write_study(tmp_path_factory.mktemp(state), state)
        assert launcher.run(folder) == 0
        hashes[state] = read_current(folder / "briefs")
    assert len(set(hashes.values())) == len(STATES)
    return hashes


@pytest.fixture
def study(launcher, tmp_path):
    """Return a study whose first state is published and whose second is about to be."""
    write_study(tmp_path, STATES[0])
    assert launcher.run(tmp_path) == 0
    set_state(tmp_path, STATES[1])
    return tmp_path
