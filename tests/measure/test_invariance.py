import numpy as np
import pytest

from climatekit.measure.invariance import check_invariance
from climatekit.measure.matrices import list_matrices


def read_waves(survey):
    """Return the answers in scale points and the waves of who answered all 14 items."""
    parts = {part.score: part for part in list_matrices(*survey) if part.wave is None}
    whole = ~np.isnan(np.hstack([parts["trust.s"].matrix, parts["ce.s"].matrix])).any(axis=1)
    waves = (survey[0].frame["wave"] == "w2").to_numpy().astype(int)
    return {score: 1 + part.matrix[whole] / 20 for score, part in parts.items()}, waves[whole]


def test_an_item_that_got_easier_in_one_wave_breaks_the_scalar_step(survey):
    answers, waves = read_waves(survey)
    matrix = answers["trust.s"].copy()
    matrix[waves == 1, 2] += 1.5

    found = check_invariance(matrix, waves)

    assert found.holds == "metric"
    assert found.cfi_changes[1] < -0.01
    assert found.rmsea_changes[1] > 0.015


def test_a_shift_of_the_factor_itself_breaks_nothing():
    generator = np.random.default_rng(2)
    waves = np.repeat([0, 1], 300)
    factor = generator.normal(size=600) * np.where(waves, 1.4, 1.0) + 0.8 * waves
    matrix = factor[:, None] * [1.0, 0.8, 0.9, 0.7] + generator.normal(size=(600, 4))

    found = check_invariance(matrix, waves)

    assert found.holds == "strict"
    assert found.fits[2].parameters[1, -1] == pytest.approx(0.8, abs=0.2)
    assert np.exp(found.fits[2].parameters[1, -2] / 2) == pytest.approx(1.4, abs=0.2)


def test_invariance_is_withheld_with_its_reason(survey):
    answers, waves = read_waves(survey)
    matrix = answers["ce.s"]
    flat = matrix.copy()
    flat[waves == 1, 0] = 3.0

    assert check_invariance(matrix[:150], waves[:150]).rule in {"min-n", "not-estimable"}
    assert check_invariance(matrix[waves == 0], waves[waves == 0]).reason == "only one group"
    assert check_invariance(matrix[:, :2], waves).reason == "one factor needs three items"
    assert "constant" in check_invariance(flat, waves).reason
